/** What a check is, and what it finds. A check is a file in checks/; it walks in pages, and holds one page in memory. */
import type { EventId } from '../../domain/ids.ts';
import type { Payments } from '../../payments/payments.ts';
import type { FindingOutcome, FindingRow } from '../../persistence/queries/reconciliations.ts';
import type { Ctx } from '../context.ts';

export type ReconcileCtx = Ctx & {
  /** Without it the books of the provider are not compared. */
  provider?: Pick<Payments, 'payments'> | undefined;
};

/** How a repair went. */
export type Repaired = Extract<FindingOutcome, 'repaired' | 'queued' | 'failed'>;

export type Finding = Partial<Pick<FindingRow, 'event' | 'tier' | 'order' | 'ticket' | 'detail'>> &
  Pick<FindingRow, 'subject' | 'units' | 'cause' | 'repair'> & {
    /** By a verb that is there for it; never by writing a counter. Again has no second effect. Without it, a person decides. */
    fix?: () => Promise<Repaired>;
  };

export type Scope = {
  /** The id of the run. */
  run: string;
  /** One event; all of them without it. */
  event: EventId | null;
  /** So many more were looked at. */
  looked(count: number): void;
};

export type Check = {
  /** As it stands in the findings and in docs/reconciliation.md. */
  name: string;
  find(ctx: ReconcileCtx, scope: Scope): AsyncIterable<Finding>;
};

export const pageMax = 200;

/** Page after page of a query by key, each in a transaction of its own; stops at the first that is not full. */
export async function* pages<Row>(
  read: (after: string | null) => Promise<Row[]>,
  keyOf: (row: Row) => string,
): AsyncIterable<Row> {
  let after: string | null = null;
  for (;;) {
    const rows: Row[] = await read(after);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageMax) return;
    after = keyOf(last);
  }
}
