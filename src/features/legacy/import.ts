/**
 * Import: the rows of a legacy database into ours, in the order of who belongs to whom, a bounded batch a transaction. Events come
 * in as drafts that Postgres decides, tiers closed; `repair.ts` opens them.
 *
 * States of an import: a batch is in or not. Cut off anywhere, it is run again and adds what is missing; run again after it was
 * through, it adds nothing.
 */
import { derivedUuid } from '../../domain/ids.ts';
import { type Database, inTransaction, type Tx } from '../../persistence/database.ts';
import { openIncident, resolveIncident } from '../../persistence/queries/incidents.ts';
import type { Asked } from '../../persistence/queries/legacy-report.ts';
import { wantedTables } from '../../persistence/queries/legacy-shape.ts';
import {
  type ImportRow,
  type ImportTable,
  importOrder,
  importQueries,
  putRows,
} from '../../persistence/queries/legacy-write.ts';
import { addLine, type Lines, noLines, type RefusedLine } from './report.ts';

export type ImportOptions = {
  /** Rows of one transaction. */
  batchRows?: number;
  /** Orders of Stripe's test mode that have no tickets get some, like any other. */
  includeTests?: boolean;
  /** After each batch that is in. */
  onBatch?: (table: ImportTable, rows: number) => void;
};

export type Imported = {
  inserted: Record<ImportTable, number>;
  there: Record<ImportTable, number>;
  /** Rows that nothing is wrong with by themselves, and that something of ours is in the way of. */
  refused: Lines<RefusedLine>;
};

export const importer = 'import-legacy';
const defaultBatchRows = 500;
const writeMs = 30_000;

export async function importRows(db: Database, asked: Asked, options: ImportOptions): Promise<Imported> {
  const none = () =>
    Object.fromEntries(importOrder.map((table) => [table, 0])) as Record<ImportTable, number>;
  const done: Imported = { inserted: none(), there: none(), refused: noLines() };
  const scope = { role: 'worker', timeouts: { statementMs: writeMs } } as const;
  for (const table of importOrder) {
    const batches = asked.foreign.batches<ImportRow>(
      `${asked.rows} ${importQueries[table]}`,
      options.batchRows ?? defaultBatchRows,
    );
    for await (const read of batches) {
      const rows = read.map((row) => prepared(table, row, options));
      const put = await inTransaction(db, scope, async (tx) => {
        const result = await putRows(tx, table, rows);
        if (table === 'orders') await noteTests(tx, rows, new Set(result.inserted));
        return result;
      });
      done.inserted[table] += put.inserted.length;
      done.there[table] += put.there;
      for (const id of put.refused) {
        addLine(done.refused, { table: wantedTables[table].name, id, reason: inTheWay });
      }
      options.onBatch?.(table, rows.length);
    }
  }
  return done;
}

const inTheWay =
  'its event is open here already, or another row here has what must be its own (a payment, a line of its order)';

/** What is decided about a row on the way: ids that the old system did not have, and orders that were tests. */
function prepared(table: ImportTable, row: ImportRow, options: ImportOptions): ImportRow {
  const made = (...parts: string[]) => derivedUuid('0000000000008000', 'import', table, ...parts);
  if (table === 'items' && row['id'] == null) {
    return { ...row, id: made(row['order_id'] ?? '', row['tier_id'] ?? '') };
  }
  if (table === 'refunds' && row['id'] == null) return { ...row, id: made(row['print'] ?? '') };
  if (table === 'events') return { ...row, time_zone: knownZone(row['time_zone'] ?? 'UTC') };
  const skipped = table === 'orders' && row['unmet_test'] === 'true' && options.includeTests !== true;
  return skipped ? { ...row, status: 'cancelled', skipped: 'test' } : row;
}

function knownZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) && zone;
  } catch {
    return 'UTC';
  }
}

/** A test order was never paid for, so here it is cancelled; that it was called paid is kept. */
async function noteTests(tx: Tx, rows: ImportRow[], inserted: Set<string>): Promise<void> {
  for (const row of rows) {
    if (row['skipped'] !== 'test' || !inserted.has(row['id'] ?? '')) continue;
    const { id } = await openIncident(tx, {
      kind: 'test_order',
      severity: 'info',
      event: row['event_id'] ?? null,
      order: row['id'] ?? null,
      payment: row['stripe_payment_intent_id'] ?? null,
      detail: { status: 'paid', total: Number(row['total_cents']), currency: row['currency'] },
      by: importer,
    });
    await resolveIncident(tx, id, {
      by: importer,
      resolution: 'Paid in the test mode of Stripe and without tickets: imported as cancelled.',
    });
  }
}
