/**
 * Writes what Redis and Postgres have at the end of a run, by queries of its own:
 * `node --import tsx test/checker/dump.ts RUNDIR REDIS_URL DATABASE_URL`. Both must be at rest.
 */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';

const pageMax = 10_000;
const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::bigint::float8`;

/** Each statement is paged by its key columns, so a million rows never stand in memory at once. */
const tables: Record<string, { select: string; key: string[] }> = {
  journal: {
    select: `SELECT event_id AS event, version::float8 AS version, ${ms('at')} AS at, partition, epoch::float8 AS epoch,
      entry::float8 AS entry, position, kind, hold_id AS hold, order_id AS "order", op, body
      FROM ticketing.inventory_journal`,
    key: ['event', 'version'],
  },
  commits: {
    select: `SELECT event_id AS event, first_version::float8 AS first, last_version::float8 AS last,
      encode(root, 'hex') AS root, encode(chain, 'hex') AS chain FROM ticketing.journal_commits`,
    key: ['event', 'first'],
  },
  heads: {
    select: `SELECT event_id AS event, version::float8 AS version, encode(chain, 'hex') AS chain,
      projected_version::float8 AS projected, CASE WHEN frozen_at IS NOT NULL THEN coalesce(frozen_cause, '') END AS frozen
      FROM ticketing.journal_heads`,
    key: ['event'],
  },
  watermarks: {
    select: `SELECT partition, epoch::float8 AS epoch, entry::float8 AS entry, opened FROM ticketing.journal_watermarks`,
    key: ['partition'],
  },
  lines: {
    select: `SELECT event_id AS event, id AS line, 'tier' AS kind, quantity AS capacity, reserved_quantity AS held,
      issued_quantity AS sold, withheld_quantity AS withheld, price_cents AS price, buyer_limit AS "buyerLimit",
      drain_target AS target FROM ticketing.ticket_tiers
      UNION ALL SELECT event_id, id, 'pool', quantity, reserved_quantity, issued_quantity, withheld_quantity, 0, 0,
      drain_target FROM ticketing.inventory_pools`,
    key: ['line'],
  },
  holds: {
    select: `SELECT event_id AS event, id AS hold, tier_id AS tier, quantity, status, paying,
      ${ms('expires_at')} AS deadline FROM ticketing.ticket_holds`,
    key: ['hold', 'tier'],
  },
  orders: {
    select: `SELECT event_id AS event, id AS "order", status, origin, mode, total_cents::float8 AS total, currency,
      captured_cents::float8 AS captured, stripe_payment_intent_id AS intent, comp_actor AS actor, comp_reason AS reason
      FROM ticketing.orders`,
    key: ['order'],
  },
  items: {
    select: `SELECT order_id AS "order", id AS item, tier_id AS tier, quantity,
      (quantity::bigint * unit_price_cents - discount_cents + fees_cents)::float8 AS amount FROM ticketing.order_items`,
    key: ['order', 'item'],
  },
  tickets: {
    select: `SELECT event_id AS event, order_id AS "order", order_item_id AS item, tier_id AS tier,
      (count(*) FILTER (WHERE status <> 'void'))::float8 AS live, count(*)::float8 AS issued,
      count(DISTINCT ordinal)::float8 AS ordinals
      FROM ticketing.tickets GROUP BY event_id, order_id, order_item_id, tier_id`,
    key: ['order', 'item'],
  },
  refunds: {
    select: `SELECT id AS refund, order_id AS "order", kind, status, amount_cents::float8 AS amount, currency
      FROM ticketing.refund_log`,
    key: ['refund'],
  },
  'refund-lines': {
    select: `SELECT f.refund_id AS refund, t.order_item_id AS item, count(*)::float8 AS units
      FROM ticketing.refund_tickets f JOIN ticketing.tickets t ON t.id = f.ticket_id GROUP BY f.refund_id, t.order_item_id`,
    key: ['refund', 'item'],
  },
  payments: {
    select: `SELECT ref, order_id AS "order", intent, received_cents::float8 AS received, upper(currency) AS currency, livemode
      FROM ticketing.payments`,
    key: ['ref'],
  },
  mails: {
    select: `SELECT id AS mail, kind, order_id AS "order", refund_id AS refund, dedupe FROM ticketing.mails`,
    key: ['mail'],
  },
  events: {
    select: `SELECT id AS event, inventory_authority AS authority FROM events.events`,
    key: ['event'],
  },
};

async function writeLine(file: WriteStream, line: object): Promise<void> {
  if (!file.write(`${JSON.stringify(line)}\n`))
    await new Promise<void>((drained) => file.once('drain', () => drained()));
}

async function closed(file: WriteStream): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    file.on('error', reject);
    file.end(resolve);
  });
}

async function dumpTable(client: pg.Client, dir: string, name: string): Promise<void> {
  const { select, key } = tables[name] as { select: string; key: string[] };
  const file = createWriteStream(join(dir, `${name}.jsonl`));
  const columns = key.map((column) => `"${column}"`).join(', ');
  const cursor = `dump_${name.replace('-', '_')}`;
  await client.query(
    `DECLARE ${cursor} NO SCROLL CURSOR FOR SELECT * FROM (${select}) AS rows ORDER BY ${columns}`,
  );
  for (;;) {
    const { rows } = await client.query<Record<string, unknown>>(`FETCH ${pageMax} FROM ${cursor}`);
    for (const row of rows) await writeLine(file, row);
    if (rows.length < pageMax) break;
  }
  await client.query(`CLOSE ${cursor}`);
  await closed(file);
}

/** One snapshot of all tables. The role must see every row: the embedded superuser, or one with BYPASSRLS. */
async function dumpPostgres(url: string, dir: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    statement_timeout: 120_000,
    connectionTimeoutMillis: 5_000,
  });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (const name of Object.keys(tables)) await dumpTable(client, dir, name);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

async function dumpHash(redis: Redis, key: string, file: WriteStream): Promise<void> {
  for (let cursor = '0'; ; ) {
    const [next, flat] = await redis.hscan(key, cursor, 'COUNT', 1_000);
    const fields: Record<string, string> = {};
    for (let at = 0; at < flat.length; at += 2) fields[flat[at] as string] = flat[at + 1] as string;
    await writeLine(file, { t: 'hash', key, fields });
    cursor = next;
    if (cursor === '0') return;
  }
}

async function dumpSet(redis: Redis, key: string, file: WriteStream): Promise<void> {
  for (let start = 0; ; start += pageMax) {
    // Pairs or not, as the client's protocol has it.
    const reply = (await redis.call('ZRANGE', key, start, start + pageMax - 1, 'WITHSCORES')) as unknown[];
    const flat = reply.flat() as string[];
    const members: Record<string, number> = {};
    for (let at = 0; at < flat.length; at += 2) members[flat[at] as string] = Number(flat[at + 1]);
    await writeLine(file, { t: 'zset', key, members });
    if (flat.length < 2 * pageMax) return;
  }
}

async function dumpStream(redis: Redis, key: string, file: WriteStream): Promise<void> {
  const info = (await redis.call('XINFO', 'STREAM', key)) as unknown[];
  const last = String(info[info.indexOf('last-generated-id') + 1]);
  await writeLine(file, { t: 'stream', key, last });
  for (let from = '-'; ; ) {
    const entries = await redis.xrange(key, from, '+', 'COUNT', 1_000);
    for (const [id, flat] of entries) {
      const fields: Record<string, string> = {};
      for (let at = 0; at < flat.length; at += 2) fields[flat[at] as string] = flat[at + 1] as string;
      await writeLine(file, { t: 'entry', key, id, fields });
    }
    const end = entries.at(-1);
    if (entries.length < 1_000 || !end) return;
    from = `(${end[0]}`;
  }
}

async function dumpRedis(url: string, dir: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, connectTimeout: 5_000, commandTimeout: 10_000 });
  const file = createWriteStream(join(dir, 'redis.jsonl'));
  try {
    const [seconds, micros] = (await redis.time()).map(Number) as [number, number];
    await writeLine(file, { t: 'clock', now: seconds * 1_000 + Math.floor(micros / 1_000) });
    for (let cursor = '0'; ; ) {
      const [next, keys] = await redis.scan(cursor, 'MATCH', '{p*', 'COUNT', 1_000);
      for (const key of keys) {
        if (key.endsWith(':journal')) await dumpStream(redis, key, file);
        else if (/:(stock|holds|buyers|ended):/.test(key)) await dumpHash(redis, key, file);
        else if (/:(due|closing):/.test(key)) await dumpSet(redis, key, file);
      }
      cursor = next;
      if (cursor === '0') break;
    }
  } finally {
    redis.disconnect();
    await closed(file);
  }
}

/** Adds `redis.jsonl` and `postgres/*.jsonl` to the directory of a run. */
export async function dumpRun(options: {
  dir: string;
  redisUrl: string;
  databaseUrl: string;
}): Promise<void> {
  mkdirSync(join(options.dir, 'postgres'), { recursive: true });
  await dumpRedis(options.redisUrl, options.dir);
  await dumpPostgres(options.databaseUrl, join(options.dir, 'postgres'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , dir, redisUrl, databaseUrl] = process.argv;
  if (!dir || !redisUrl || !databaseUrl) {
    console.error('usage: node --import tsx test/checker/dump.ts RUNDIR REDIS_URL DATABASE_URL');
    process.exitCode = 2;
  } else {
    await dumpRun({ dir, redisUrl, databaseUrl });
  }
}
