/** The cleanup for people who only have SQL: an event whose authority is Postgres, with due holds nobody else ends. */
import { randomBytes } from 'node:crypto';
import { uuidV7 } from '../../src/domain/ids.ts';
import { freshId } from './inventory-bed.ts';
import type { Stack } from './stack.ts';

const tiers = 10;
const size = 1_000;

/** How long each batch took, ms, until nothing was due. */
export async function sqlCleanup({ sql }: Stack, holds: number): Promise<{ ms: number[]; size: number }> {
  const event = freshId();
  const tierIds = Array.from({ length: tiers }, freshId);
  const perTier = holds / tiers;
  await sql.query(
    `INSERT INTO events.events (id, name, start_at, inventory_authority) VALUES ($1, 'Benchmark', '2099-01-01', 'postgres')`,
    [event],
  );
  await sql.query(
    `INSERT INTO ticketing.ticket_tiers (id, event_id, price_cents, quantity, reserved_quantity)
     SELECT id, $2, 5000, $3, $3 FROM unnest($1::uuid[]) AS id`,
    [tierIds, event, perTier],
  );
  for (const tier of tierIds) {
    const ids = Array.from({ length: perTier }, () => uuidV7(Date.now(), randomBytes(10).toString('hex')));
    await sql.query(
      `INSERT INTO ticketing.ticket_holds (id, tier_id, event_id, quantity, held_at, expires_at)
       SELECT id, $2, $3, 1, now() - interval '16 minutes', now() - interval '1 minute' FROM unnest($1::uuid[]) AS id`,
      [ids, tier, event],
    );
  }
  await sql.query('ANALYZE ticketing.ticket_holds');
  const ms: number[] = [];
  for (let more = true; more; ) {
    const startedAt = performance.now();
    const { rows } = await sql.query('SELECT ticketing.cleanup_expired_ticket_holds($1) AS reply', [size]);
    ms.push(performance.now() - startedAt);
    more = rows[0].reply.more;
  }
  const { rows } = await sql.query(
    'SELECT sum(reserved_quantity)::int AS left FROM ticketing.ticket_tiers WHERE event_id = $1',
    [event],
  );
  if (rows[0].left !== 0) throw new Error(`${rows[0].left} units were not given back`);
  return { ms, size };
}
