/** What a check is, and what it finds. A check is a file in checks/; it walks in pages, and holds one page in memory. */
import type { EventId } from '../../domain/ids.ts';
import type { Payments } from '../../payments/payments.ts';
import { inTransaction, type Tx } from '../../persistence/database.ts';
import type { Walk } from '../../persistence/queries/integrity.ts';
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

const pageMax = 200;
/** A page walks along rows that are in order until it has found as many that are not. */
const timeouts = { statementMs: 60_000, idleInTransactionMs: 60_000 };

/** Page after page of a query by key, each in a transaction of its own; stops at the first that is not full. */
async function* pages<Row>(
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

/** The rows of a query that walks by key, read as the worker. */
export function rowsOf<Row>(
  { db }: ReconcileCtx,
  { event }: Scope,
  query: (tx: Tx, walk: Walk) => Promise<Row[]>,
  keyOf: (row: Row) => string,
): AsyncIterable<Row> {
  const scope = { role: 'worker', readOnly: true, timeouts } as const;
  const read = (after: string | null) =>
    inTransaction(db, scope, (tx) => query(tx, { event, after, limit: pageMax }));
  return pages(read, keyOf);
}
