/** What goes in by COPY comes out as it was, at the borders of every type. */
import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase } from '../../test/support/database.ts';
import { CopyRows } from './copy-rows.ts';
import { type Database, inTransaction, openDatabase, type Tx } from './database.ts';

let db: Database;

beforeAll(async () => {
  db = openDatabase({ url: await freshDatabase() });
});
afterAll(() => db.close());

const table = sql`CREATE TEMPORARY TABLE copied (n int4, u uuid, b boolean, s int2, i int4, l int8, t timestamptz, x text)
  ON COMMIT DROP`;
const copy = 'COPY copied FROM STDIN (FORMAT binary)';

type Row = {
  u: string | null;
  b: boolean;
  s: number;
  i: number;
  l: number | null;
  t: number | null;
  x: string | null;
};

const rows: Row[] = [
  { u: '00000000-0000-0000-0000-000000000000', b: false, s: 0, i: 0, l: 0, t: 0, x: '' },
  {
    u: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
    b: true,
    s: 32_767,
    i: 2_147_483_647,
    l: 2 ** 53 - 1,
    t: 1,
    x: '\\N',
  },
  {
    u: '01234567-89ab-cdef-0123-456789abcdef',
    b: true,
    s: -32_768,
    i: -2_147_483_648,
    l: -(2 ** 53 - 1),
    t: 4_102_444_800_123,
    x: 'a\tb\nc',
  },
  { u: randomUUID(), b: false, s: -1, i: -1, l: -1, t: 946_684_799_999, x: 'Zoë, 東京, 🎫, "quoted"' },
  { u: randomUUID(), b: false, s: 1, i: 1, l: 2 ** 32, t: 946_684_800_000, x: 'x'.repeat(100_000) },
  { u: randomUUID(), b: false, s: 1, i: 1, l: 2 ** 32 - 1, t: Date.now(), x: '東'.repeat(30_000) },
  { u: null, b: true, s: 1, i: 1, l: null, t: null, x: null },
];

function add(to: CopyRows, n: number, row: Row): void {
  to.row();
  to.int4(n);
  to.uuidOrNull(row.u);
  to.boolean(row.b);
  to.int2(row.s);
  to.int4(row.i);
  to.int8OrNull(row.l);
  to.timeOrNull(row.t);
  to.textOrNull(row.x);
}

async function read(tx: Tx): Promise<Row[]> {
  const found =
    await sql<Row>`SELECT u, b, s, i, l, (extract(epoch FROM t) * 1000)::int8 AS t, x FROM copied ORDER BY n`.execute(
      tx,
    );
  return found.rows;
}

// 1: the buffer has to grow again and again.
test.each([1, 1_000_000])('every value comes back, from a buffer of %i bytes', async (bytes) => {
  const found = await inTransaction(db, { role: 'worker' }, async (tx) => {
    await table.execute(tx);
    const copied = new CopyRows(8, bytes);
    for (const [n, row] of rows.entries()) add(copied, n, row);
    expect(await tx.copyIn(copy, copied.end())).toBe(rows.length);
    return read(tx);
  });
  expect(found).toEqual(rows);
});

test('an id that comes again comes back as it was, however many others there are', async () => {
  const few = Array.from({ length: 1_100 }, () => randomUUID());
  const ids = [
    ...few,
    ...few,
    'ffffffff-ffff-4fff-bfff-ffffffffffff',
    'ffffffff-ffff-4fff-bfff-ffffffffffff',
  ];
  await inTransaction(db, { role: 'worker' }, async (tx) => {
    await sql`CREATE TEMPORARY TABLE copied (n int4, u uuid) ON COMMIT DROP`.execute(tx);
    const copied = new CopyRows(2, 1);
    for (const [n, id] of ids.entries()) {
      copied.row();
      copied.int4(n);
      copied.commonUuid(id);
    }
    await tx.copyIn(copy, copied.end());
    const { rows: found } = await sql<{ u: string }>`SELECT u FROM copied ORDER BY n`.execute(tx);
    expect(found.map(({ u }) => u)).toEqual(ids);
  });
});

test('a text is hashed as it lies there, a zero byte before it, and comes back unharmed', async () => {
  const texts = ['', 'a', 'Zoë 🎫', 'x'.repeat(70_000)];
  const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
  await inTransaction(db, { role: 'worker' }, async (tx) => {
    await sql`CREATE TEMPORARY TABLE copied (n int4, x text) ON COMMIT DROP`.execute(tx);
    const copied = new CopyRows(2, 1);
    for (const [n, text] of texts.entries()) {
      copied.row();
      copied.int4(n);
      expect(copied.hashed(text, sha256)).toBe(sha256(`\0${text}`));
    }
    await tx.copyIn(copy, copied.end());
    const { rows: found } = await sql<{ x: string }>`SELECT x FROM copied ORDER BY n`.execute(tx);
    expect(found.map(({ x }) => x)).toEqual(texts);
  });
});

test('ids and texts that are bytes already come back, by way of other rows and without those taken back', async () => {
  const id = randomUUID();
  const parts = Int32Array.from([0, 8, 16, 24], (at) =>
    Number.parseInt(id.replaceAll('-', '').slice(at, at + 8), 16),
  );
  const text = 'Zoë 🎫'.repeat(20_000);
  await inTransaction(db, { role: 'worker' }, async (tx) => {
    await sql`CREATE TEMPORARY TABLE copied (u uuid, x text) ON COMMIT DROP`.execute(tx);
    const copied = new CopyRows(2, 1);
    const addBytes = (x: string) => {
      copied.row();
      copied.uuidOf(Int32Array.of(7, ...parts), 1);
      copied.bytes(Buffer.from(x));
    };
    const start = copied.mark();
    addBytes(text);
    const mark = copied.mark();
    addBytes('taken back');
    addBytes('too');
    copied.back(mark);
    addBytes('');
    expect(copied.rows).toBe(2);
    const others = new CopyRows(2, 1);
    others.take(copied, mark, copied.mark());
    others.take(copied, start, mark);
    expect(await tx.copyIn(copy, others.end())).toBe(2);
    const { rows: found } = await sql`SELECT u, x FROM copied ORDER BY length(x) DESC`.execute(tx);
    expect(found).toEqual([
      { u: id, x: text },
      { u: id, x: '' },
    ]);
  });
});

test('a refused COPY is an error of its statement, and the transaction goes on from a savepoint', async () => {
  await inTransaction(db, { role: 'worker' }, async (tx) => {
    await sql`CREATE TEMPORARY TABLE copied (n int4 UNIQUE) ON COMMIT DROP`.execute(tx);
    const twice = new CopyRows(1, 1);
    for (let row = 0; row < 2; row++) {
      twice.row();
      twice.int4(7);
    }
    await sql`SAVEPOINT before`.execute(tx);
    await expect(tx.copyIn(copy, twice.end())).rejects.toMatchObject({ code: '23505' });
    await sql`ROLLBACK TO SAVEPOINT before`.execute(tx);
    const { rows: found } = await sql`SELECT * FROM copied`.execute(tx);
    expect(found).toEqual([]);
  });
});

test('a COPY that waits too long for a lock is a fault, and leaves nothing behind', async () => {
  const row = () => {
    const one = new CopyRows(1, 1);
    one.row();
    one.uuid(randomUUID());
    return one.end();
  };
  const into = 'COPY ticketing.journal_heads (event_id) FROM STDIN (FORMAT binary)';
  await inTransaction(db, { role: 'owner' }, async (blocker) => {
    await sql`LOCK TABLE ticketing.journal_heads IN ACCESS EXCLUSIVE MODE`.execute(blocker);
    await expect(
      inTransaction(db, { role: 'worker', timeouts: { lockMs: 100 } }, (tx) => tx.copyIn(into, row())),
    ).rejects.toMatchObject({ code: 'records_unavailable' });
  });
  expect(await inTransaction(db, { role: 'worker' }, (tx) => tx.copyIn(into, row()))).toBe(1);
});
