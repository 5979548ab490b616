/**
 * The life of a hold as the ledger has it. The ledger names people by pseudonym only, so the app role may read it whole,
 * and it has what `ticket_holds` has not: what was answered first.
 */
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

/** Which life of the hold began at `heldAt` (Unix ms), from 1; undefined while Postgres does not have it. As whose it is. */
export async function holdLife(tx: Tx, hold: HoldId, heldAt: number): Promise<number | undefined> {
  const row = await tx
    .selectFrom('ticketing.ticket_holds')
    .select('lives')
    .where('id', '=', hold)
    .where('held_at', '=', new Date(heldAt))
    .limit(1)
    .executeTakeFirst();
  return row?.lives;
}
