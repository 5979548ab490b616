/** Run: import, repair and proof in one snapshot of the legacy database. The report and the consent come before it. */
import type { Database } from '../../persistence/database.ts';
import { type Asked, tiersOfTickets } from '../../persistence/queries/legacy-report.ts';
import { exitCodes, Trouble } from '../../platform/trouble.ts';
import { type Imported, type ImportOptions, importRows } from './import.ts';
import { onLegacy, type Source } from './read.ts';
import { type Answer, nothingRepaired, type Repaired, repairEvent } from './repair.ts';
import type { LegacyReport } from './report.ts';
import { nothingVerified, type Verified, validateConstraints, verifyEvents } from './verify.ts';

export type Done = { imported: Imported; repaired: Repaired; verified: Verified };

/** Events that are proved with one question. */
const eventsPerBatch = 200;

export function runImport(
  db: Database,
  source: Source,
  answerFor: (tier: string) => Answer,
  options: ImportOptions = {},
): Promise<Done> {
  return onLegacy(source, async (asked) => {
    const imported = await importRows(db, asked, options);
    const repaired = nothingRepaired();
    for await (const events of eventIds(asked)) {
      for (const event of events) await repairEvent(db, event, answerFor, repaired);
    }
    const verified = nothingVerified();
    verified.unvalidated = await validateConstraints(db);
    for await (const events of eventIds(asked)) await verifyEvents(db, events, verified);
    return { imported, repaired, verified };
  });
}

async function* eventIds({ foreign, rows }: Asked): AsyncGenerator<string[]> {
  const query = `${rows} SELECT id FROM judged_events WHERE reason IS NULL ORDER BY id`;
  for await (const batch of foreign.batches<{ id: string }>(query, eventsPerBatch))
    yield batch.map(({ id }) => id);
}

/** Throws Trouble for tickets that cannot be the answer to any oversold tier of the report. */
export async function checkChosen(source: Source, report: LegacyReport, tickets: string[]): Promise<void> {
  if (tickets.length === 0) return;
  const found = await onLegacy(source, (asked) => tiersOfTickets(asked, tickets));
  const wrong = tickets.flatMap((ticket) => {
    const tier = found.find((each) => each.ticket === ticket)?.tier;
    if (tier === undefined) return [`${ticket} is no ticket that could be moved`];
    return report.oversold.some((each) => each.tier === tier)
      ? []
      : [`${ticket} is of a tier that is not oversold`];
  });
  for (const { tier, tierName, excess } of report.oversold) {
    const chosen = found.filter((each) => each.tier === tier).length;
    if (chosen > excess) wrong.push(`${chosen} tickets of ${tierName} are named, and ${excess} must go`);
  }
  if (wrong.length > 0)
    throw new Trouble(wrong.join('; '), 'The report lists tickets to choose from.', exitCodes.usage);
}
