/** The rows of a new event, and the moment it is opened. */
import type { EventId, LineId } from '../../domain/ids.ts';
import type { Tx } from '../database.ts';
import { uniqueViolation } from '../faults.ts';
import type { EventRecord } from './events.ts';

export type NewEvent = Pick<
  EventRecord,
  'event' | 'name' | 'venue' | 'startsAt' | 'timeZone' | 'currency' | 'sale'
> & {
  /** What it is called where it was imported from. */
  externalRef?: string | undefined;
};
export type NewLine = {
  line: LineId;
  kind: 'tier' | 'pool';
  name: string;
  description: string;
  capacity: number;
  price: number;
  buyerLimit: number;
  pool: LineId | null;
  position: number;
};

/** A draft. Inserting what is there already changes nothing and answers false. */
export async function insertEvent(tx: Tx, event: NewEvent): Promise<boolean> {
  const { sale } = event;
  const inserted = await tx
    .insertInto('events.events')
    .values({
      id: event.event,
      name: event.name,
      venue: event.venue,
      start_at: new Date(event.startsAt),
      time_zone: event.timeZone,
      currency: event.currency,
      opens_at: sale.opensAt > 0 ? new Date(sale.opensAt) : null,
      closes_at: sale.closesAt > 0 ? new Date(sale.closesAt) : null,
      hold_ttl_ms: sale.holdTtlMs,
      buyer_limit: sale.buyerLimit,
      extensions_max: sale.extensionsMax,
      extension_ms: sale.extensionMs,
      extension_window_ms: sale.extensionWindowMs,
      external_ref: event.externalRef ?? null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/** What `insertEvent` threw says that there is an event with these first 64 bits. */
export function isPrefixTaken(error: unknown): boolean {
  return uniqueViolation(error) === 'events_id_prefix';
}

/** Pools first: tiers point at them. Inserting what is there already changes nothing. */
export async function insertLines(tx: Tx, event: EventId, lines: NewLine[]): Promise<void> {
  const pools = lines.filter(({ kind }) => kind === 'pool');
  const tiers = lines.filter(({ kind }) => kind === 'tier');
  if (pools.length > 0) {
    await tx
      .insertInto('ticketing.inventory_pools')
      .values(
        pools.map((pool) => ({
          id: pool.line,
          event_id: event,
          name: pool.name,
          quantity: pool.capacity,
          position: pool.position,
        })),
      )
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
  if (tiers.length > 0) {
    await tx
      .insertInto('ticketing.ticket_tiers')
      .values(
        tiers.map((tier) => ({
          id: tier.line,
          event_id: event,
          name: tier.name,
          description: tier.description,
          price_cents: tier.price,
          quantity: tier.capacity,
          buyer_limit: tier.buyerLimit,
          pool_id: tier.pool,
          position: tier.position,
        })),
      )
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}

/** Holds the claim on a partition until the transaction ends: neither worker nor rebuild is at work on it meanwhile. */
export async function lockPartition(tx: Tx, partition: number): Promise<void> {
  await tx
    .selectFrom('ticketing.journal_watermarks')
    .select('partition')
    .where('partition', '=', partition)
    .forUpdate()
    .execute();
}

/** From here on Redis counts, and the rows here follow: the state of the sale comes with the facts. */
export async function markOpened(tx: Tx, event: EventId, partition: number): Promise<void> {
  await tx
    .updateTable('events.events')
    .set({ inventory_authority: 'redis', partition, status: 'published' })
    .where('id', '=', event)
    .execute();
}
