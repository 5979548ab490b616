/** What the report says: the findings of the assessment as data, from one snapshot of the legacy database. */
import type { Candidate, Oddities, Revenue, Totals } from '../../persistence/queries/legacy-report.ts';
import type { Gap } from '../../persistence/queries/legacy-shape.ts';

export type GhostsOfEvent = {
  event: string;
  name: string;
  ghosts: number;
  /** Of these, in holds that are over and that nobody ended. The others have no hold at all. */
  inExpiredHolds: number;
};

export type Oversold = {
  event: string;
  eventName: string;
  tier: string;
  tierName: string;
  capacity: number;
  issued: number;
  /** Tickets that let somebody in: what counts. */
  tickets: number;
  /** How many people have to be moved or refunded. */
  excess: number;
  /** Those issued last, first. */
  candidates: Candidate[];
};

export type CounterDrift = {
  event: string;
  eventName: string;
  tier: string;
  tierName: string;
  counter: 'reserved' | 'issued';
  says: number;
  is: number;
};

export type MissingGroup = { orders: number; amounts: Revenue[] };
export type MissingLine = {
  order: string;
  event: string;
  eventName: string;
  bought: number;
  issued: number;
  total: number;
  currency: string;
  kind: 'paid' | 'free' | 'test';
};

/** At most `linesMax` of them are kept; `total` counts all. */
export type Lines<Line> = { total: number; lines: Line[] };

export type RefusedLine = { table: string; id: string | null; reason: string };

export type LegacyReport = {
  totals: Totals;
  revenue: Revenue[];
  /** Columns and tables that are not there, and what is done without them. */
  gaps: Gap[];
  unread: { table: string; columns: string[] }[];
  unguarded: { table: string; lacks: string[] }[];
  ghosts: { total: number; inExpiredHolds: number; withoutHold: number; events: GhostsOfEvent[] };
  missing: {
    orders: number;
    paid: MissingGroup;
    free: MissingGroup;
    test: MissingGroup;
    byEvent: { event: string; name: string; orders: number }[];
    orderLines: Lines<MissingLine>;
    /** Paid, and without anything that was bought: no ticket can be made of these. */
    withoutLines: Lines<string>;
  };
  oversold: Oversold[];
  stale: { orders: number; oldest: string | null };
  drift: Lines<CounterDrift>;
  odd: Oddities;
  refused: Lines<RefusedLine>;
  /** How many matters there are in all; 0 is a system in order. */
  findings: number;
};

/** A report is read by people; what does not fit is counted. */
export const linesMax = 1_000;

export function addLine<Line>(list: Lines<Line>, line: Line): void {
  list.total += 1;
  if (list.lines.length < linesMax) list.lines.push(line);
}

export function noLines<Line>(): Lines<Line> {
  return { total: 0, lines: [] };
}
