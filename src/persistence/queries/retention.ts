/** Removes what is kept for a time only, a batch a call. As the worker role. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';

type Kept = { table: string; key: string; when: string };

/** What each is kept for is what somebody may still ask about. */
const kept: readonly Kept[] = [
  { table: 'ticketing.idempotency_keys', key: 'principal, route, key', when: 'expires_at < now()' },
  // A repeated operation is answered from here; nobody repeats one after three days.
  { table: 'ticketing.inventory_operations', key: 'event_id, op', when: `at < now() - interval '3 days'` },
  { table: 'ticketing.inventory_commands', key: 'id', when: `done_at < now() - interval '3 days'` },
  // The provider sends an event again for days, and lists it for 30.
  {
    table: 'ticketing.stripe_events',
    key: 'id',
    // None is settled before it came, and by when they came they have an index.
    when: `settled_at < now() - interval '90 days' and received_at < now() - interval '90 days'`,
  },
  { table: 'ticketing.mails', key: 'id', when: `sent_at < now() - interval '90 days'` },
  { table: 'ticketing.reconciliations', key: 'id', when: `finished_at < now() - interval '400 days'` },
];

export const keptTables = kept.map(({ table }) => table);

/** How many were removed. 0 for a table that is not there: another part brings it. */
export async function pruneTable(tx: Tx, table: string, batchMax: number): Promise<number> {
  const rule = kept.find((each) => each.table === table);
  if (rule === undefined) throw new Error(`nothing says how long ${table} is kept`);
  const columns = sql.raw(rule.key);
  const there = await sql<{ there: boolean }>`select to_regclass(${table}) is not null as there`.execute(tx);
  if (!there.rows[0]?.there) return 0;
  const { numAffectedRows } = await sql`
    delete from ${sql.raw(table)} where (${columns}) in (
      select ${columns} from ${sql.raw(table)} where ${sql.raw(rule.when)} limit ${batchMax})
  `.execute(tx);
  return Number(numAffectedRows ?? 0);
}

/** Readers of it go on meanwhile. */
export async function refreshSalesVelocity(tx: Tx): Promise<void> {
  await sql`refresh materialized view concurrently ticketing.sales_velocity`.execute(tx);
}
