/** What tests of the journal stand on: a Redis, a database, events to append facts to, and their rows as they are. */
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type { Fact } from '../../src/domain/facts.ts';
import { type EventId, uuidV7 } from '../../src/domain/ids.ts';
import { type Applied, applyNext } from '../../src/features/journal/apply.ts';
import type { ReadAhead } from '../../src/features/journal/read-batch.ts';
import { type Database, inTransaction, openDatabase, type Tx } from '../../src/persistence/database.ts';
import { freshDatabase } from './database.ts';
import { insertEvent, openPartition } from './journal.ts';
import { factsOf, type Step } from './ledger.ts';
import { startTestRedis, type TestRedis } from './servers.ts';

let server: TestRedis;
export let redis: Redis;
export let url: string;
export let db: Database;

/** Servers and a database for one test file. */
export function useJournalBed(): void {
  beforeAll(async () => {
    server = await startTestRedis();
    redis = new Redis(server.url);
    url = await freshDatabase();
    db = openDatabase({ url });
  });

  afterAll(async () => {
    await db?.close();
    redis?.disconnect();
    await server?.stop();
  });
}

export const read = <Row>(query: (tx: Tx) => Promise<Row>) =>
  inTransaction(db, { role: 'readonly', readOnly: true }, query);
export const drain = async (partition: number, with_: Database = db): Promise<Applied[]> => {
  const applied: Applied[] = [];
  const ahead: ReadAhead = new Map();
  for (;;) {
    const next = await applyNext({ db: with_, redis, ahead }, partition);
    if (!('facts' in next)) return applied;
    applied.push(next);
    if (next.end !== 'more') return applied;
  }
};
/** As the superuser, past every rule of the tables: what somebody with the database's keys could do. */
export const byHand = async (text: string, values: unknown[] = []): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    await client.query(text, values);
  } finally {
    await client.end();
  }
};

let made = 0;
/** A new event in a new partition, with lines of its own: ids of the steps are moved into it. */
export async function scene(steps: Step[], partition = 1000 + made): Promise<Scene> {
  made += 1;
  const event = uuidV7(Date.now(), made.toString(16).padStart(3, '0').padEnd(20, '0')) as EventId;
  const own = JSON.parse(
    JSON.stringify(factsOf(steps, event)).replaceAll('01939a00-0000-7000-8000-', `${event.slice(0, 24)}`),
  ) as Fact[];
  await openPartition(db, partition);
  await insertEvent(db, event);
  const idOf = (id: string) => event.slice(0, 24) + id.slice(24);
  return { event, facts: own, partition, idOf };
}
type Scene = { event: EventId; facts: Fact[]; partition: number; idOf(id: string): string };

export const ledgerSize = (event: EventId) =>
  read(async (tx) => {
    const { rows } = await sql<{ facts: number }>`
      select count(*)::int as facts from ticketing.inventory_journal where event_id = ${event}`.execute(tx);
    return rows[0]?.facts;
  });
/** Size of the ledger and watermark, of one snapshot. */
export const together = (event: EventId, partition: number) =>
  read(async (tx) => {
    const { rows } = await sql<{ facts: number; entry: number }>`
      select (select count(*)::int from ticketing.inventory_journal where event_id = ${event}) as facts, entry
      from ticketing.journal_watermarks where partition = ${partition}`.execute(tx);
    return rows[0] as { facts: number; entry: number };
  });
export const watermark = (partition: number) =>
  read((tx) =>
    tx
      .selectFrom('ticketing.journal_watermarks')
      .select(['epoch', 'entry'])
      .where('partition', '=', partition)
      .executeTakeFirstOrThrow(),
  );
export const holdRow = (id: string) =>
  read((tx) => tx.selectFrom('ticketing.ticket_holds').selectAll().where('id', '=', id).executeTakeFirst());
export const orderRow = (id: string) =>
  read((tx) => tx.selectFrom('ticketing.orders').selectAll().where('id', '=', id).executeTakeFirst());
export const tickets = (id: string) =>
  read((tx) =>
    tx
      .selectFrom('ticketing.tickets')
      .select(['id', 'ordinal', 'status'])
      .where('order_id', '=', id)
      .orderBy('ordinal')
      .execute(),
  );
export const tierRow = (id: string) =>
  read((tx) =>
    tx.selectFrom('ticketing.ticket_tiers').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );
