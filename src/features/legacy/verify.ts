/** Verify: what must hold of imported events, asked of the tables and not of whoever repaired them. */
import { type Database, inTransaction } from '../../persistence/database.ts';
import { unvalidated, validate } from '../../persistence/queries/legacy-repair.ts';
import {
  type Numbers,
  numbersOf,
  type OpenIncident,
  openIncidentsOf,
} from '../../persistence/queries/legacy-verify.ts';
import { addLine, type Lines, noLines } from './report.ts';

export type Verified = Numbers & {
  /** Constraints that not every row was held against. */
  unvalidated: string[];
  incidents: Lines<OpenIncident>;
};

const timeouts = { statementMs: 120_000, lockMs: 2_000 };

export const nothingVerified = (): Verified => ({
  ghosts: 0,
  drift: 0,
  oversold: 0,
  missing: 0,
  stale: 0,
  unvalidated: [],
  incidents: noLines(),
});

/** Adds a batch of events to what was verified. */
export async function verifyEvents(db: Database, events: string[], into: Verified): Promise<void> {
  await inTransaction(db, { role: 'readonly', readOnly: true, timeouts }, async (tx) => {
    const numbers = await numbersOf(tx, events);
    for (const [name, value] of Object.entries(numbers) as [keyof Numbers, number][]) into[name] += value;
    for (const incident of await openIncidentsOf(tx, events)) addLine(into.incidents, incident);
  });
}

/** Every constraint is held against every row; answers the names of those that some row still breaks. */
export async function validateConstraints(db: Database): Promise<string[]> {
  const open = await inTransaction(db, { role: 'readonly', readOnly: true }, unvalidated);
  const broken: string[] = [];
  for (const constraint of open) {
    try {
      await inTransaction(db, { role: 'owner', timeouts }, (tx) => validate(tx, constraint));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && (error.code === '23514' || error.code === '23503')))
        throw error;
      broken.push(`${constraint.table}.${constraint.name}`);
    }
  }
  return broken;
}

/** Nothing is left to do; a refund that is due is somebody else's to carry out. */
export function isClean(verified: Verified): boolean {
  const { ghosts, drift, oversold, missing, stale } = verified;
  const undecided = verified.incidents.lines.some(({ kind }) => kind !== 'refund_due');
  return ghosts + drift + oversold + missing + stale + verified.unvalidated.length === 0 && !undecided;
}
