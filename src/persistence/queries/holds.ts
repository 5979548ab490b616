/**
 * The life of a hold as the ledger has it. The ledger names people by pseudonym only, so the app role may read it whole,
 * and it has what `ticket_holds` has not: what was answered first.
 */
import { sql } from 'kysely';
import type { FactOf } from '../../domain/facts.ts';
import type { EventId, HoldId } from '../../domain/ids.ts';
import { type Database, inTransaction, type Tx } from '../database.ts';

export type HoldFact = FactOf<
  'held' | 'extended' | 'pinned' | 'released' | 'expired' | 'sold' | 'unfulfilled'
>;

/** Facts of one hold, oldest first. Its lives may be several; each begins with `held`. At most some dozens. */
export function holdFacts(db: Database, event: EventId, hold: HoldId): Promise<HoldFact[]> {
  return inTransaction(db, { role: 'app', readOnly: true }, async (tx) => {
    const rows = await tx
      .selectFrom('ticketing.inventory_journal')
      .select('body')
      .where('hold_id', '=', hold)
      .where('event_id', '=', event)
      .orderBy('version')
      .execute();
    return rows.map(({ body }) => JSON.parse(body) as HoldFact);
  });
}

/** A hold and when it began, Unix ms: the same id again, long after its end, is another life. */
export type HoldBegun = { hold: HoldId; heldAt: number };

/** Which life each of these is, from 1; those that Postgres does not have are missing. As worker. */
export async function holdLives(tx: Tx, holds: HoldBegun[]): Promise<(HoldBegun & { life: number })[]> {
  const { rows } = await sql<{ hold: HoldId; heldAt: number; life: number }>`
    select distinct on (h.id, h.held_at) h.id as hold, asked.at as "heldAt", h.lives as life
    from unnest(${holds.map(({ hold }) => hold)}::uuid[], ${holds.map(({ heldAt }) => heldAt)}::int8[]) as asked(id, at)
      join ticketing.ticket_holds h on h.id = asked.id and h.held_at = to_timestamp(asked.at / 1000.0)
  `.execute(tx);
  return rows;
}
