/**
 * The fix of the system this replaces, over the same HTTP: lock the tier's row, check, count, insert the hold, one transaction. A pool of 20,
 * every statement prepared, nothing else asked: no session, no schema, no limits, no idempotency. argv: database URL, tier id.
 */
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import pg from 'pg';
import { serveApp } from './serve-app.ts';

const [url, tier] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: 20 });

const lock = {
  name: 'lock',
  text: 'SELECT quantity, reserved_quantity, issued_quantity FROM ticket_tiers WHERE id = $1 FOR UPDATE',
};
const take = {
  name: 'take',
  text: 'UPDATE ticket_tiers SET reserved_quantity = reserved_quantity + $2 WHERE id = $1',
};
const insert = {
  name: 'insert',
  text: `INSERT INTO ticket_holds (id, tier_id, user_id, quantity, expires_at)
    VALUES ($1, $2, $3, $4, now() + interval '15 minutes')`,
};

async function reserve(quantity: number): Promise<string | undefined> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const [row] = (await client.query({ ...lock, values: [tier] })).rows;
    if (row.quantity - row.reserved_quantity - row.issued_quantity < quantity) {
      await client.query('ROLLBACK');
      return undefined;
    }
    const hold = randomUUID();
    // Two statements at once: the second does not wait for the answer of the first.
    await Promise.all([
      client.query({ ...take, values: [tier, quantity] }),
      client.query({ ...insert, values: [hold, tier, randomUUID(), quantity] }),
    ]);
    await client.query('COMMIT');
    return hold;
  } finally {
    client.release();
  }
}

const app = new Hono();
app.post('/v1/events/:event/holds', async (c) => {
  const body = await c.req.json();
  const hold = await reserve(body.items[0].quantity);
  return hold ? c.json({ id: hold }, 201) : c.json({ code: 'tier_sold_out' }, 409);
});
serveApp(app);
