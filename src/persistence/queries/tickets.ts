/** Tickets as people and doors see them. The app role reads its person's own; changes are made under the row's lock. */
import { sql } from 'kysely';
import type { EventId, LineId, OrderId, TicketId, UserId } from '../../domain/ids.ts';
import type { TicketStatus } from '../../domain/ticket.ts';
import type { Tx } from '../database.ts';

/** Times are Unix ms. */
export type TicketRecord = {
  ticket: TicketId;
  order: OrderId;
  event: EventId;
  eventName: string;
  startsAt: number;
  timeZone: string;
  venue: string;
  tier: LineId;
  tierName: string;
  owner: UserId | null;
  status: TicketStatus;
  generation: number;
  /** The event's codes change every 30 seconds. */
  rotates: boolean;
  issuedAt: number;
  redeemedAt: number | null;
  /** Grows with each change of the row. */
  version: number;
};

function selected(tx: Tx) {
  return tx
    .selectFrom('ticketing.tickets as t')
    .innerJoin('events.events as e', 'e.id', 't.event_id')
    .innerJoin('ticketing.ticket_tiers as l', 'l.id', 't.tier_id')
    .where('t.deleted_at', 'is', null)
    .select([
      't.id',
      't.order_id',
      't.event_id',
      't.tier_id',
      't.owner_user_id',
      't.status',
      't.generation',
      't.issued_at',
      't.redeemed_at',
      't.version',
      'e.name as event_name',
      'e.venue',
      'e.start_at',
      'e.time_zone',
      'e.rotating_codes',
      'l.name as tier_name',
    ]);
}

type Row = Awaited<ReturnType<ReturnType<typeof selected>['execute']>>[number];

const recordOf = (row: Row): TicketRecord => ({
  ticket: row.id as TicketId,
  order: row.order_id as OrderId,
  event: row.event_id as EventId,
  eventName: row.event_name,
  startsAt: row.start_at.getTime(),
  timeZone: row.time_zone,
  venue: row.venue,
  tier: row.tier_id as LineId,
  tierName: row.tier_name,
  owner: row.owner_user_id as UserId | null,
  status: row.status as TicketStatus,
  generation: row.generation,
  rotates: row.rotating_codes,
  issuedAt: row.issued_at.getTime(),
  redeemedAt: row.redeemed_at?.getTime() ?? null,
  version: row.version,
});

export async function readTicket(tx: Tx, ticket: TicketId): Promise<TicketRecord | undefined> {
  const row = await selected(tx).where('t.id', '=', ticket).executeTakeFirst();
  return row && recordOf(row);
}

/** Newest first, after `after`. The role decides whose. */
export async function readTickets(
  tx: Tx,
  { after, limit }: { after?: TicketId | undefined; limit: number },
): Promise<TicketRecord[]> {
  const all = selected(tx).orderBy('t.id', 'desc').limit(limit);
  return (await (after === undefined ? all : all.where('t.id', '<', after)).execute()).map(recordOf);
}

/** The same as `readTicket`, and nobody changes it until the transaction ends. */
export async function lockTicket(tx: Tx, ticket: TicketId): Promise<TicketRecord | undefined> {
  const row = await selected(tx).where('t.id', '=', ticket).forUpdate('t').executeTakeFirst();
  return row && recordOf(row);
}

export type TicketEventRow = {
  ticket: TicketId;
  type: string;
  user?: UserId;
  /** Who, where, by which request. */
  metadata: Record<string, string | number | boolean>;
};

/** One statement for all of them. */
export async function insertTicketEvents(tx: Tx, rows: TicketEventRow[]): Promise<void> {
  if (rows.length === 0) return;
  const told = rows.map(({ ticket, type, user, metadata }) => ({
    ticket_id: ticket,
    event_type: type,
    actor_user_id: user ?? null,
    metadata,
  }));
  await sql`
    insert into ticketing.ticket_events (ticket_id, event_type, actor_user_id, metadata)
    select * from jsonb_to_recordset(${JSON.stringify(told)}::jsonb)
      as told(ticket_id uuid, event_type text, actor_user_id uuid, metadata jsonb)
  `.execute(tx);
}

/** Only under the lock of `lockTicket`. `at`: Unix ms, kept as the time of redemption where that is what happens. */
export async function setTicketStatus(
  tx: Tx,
  ticket: TicketId,
  status: Exclude<TicketStatus, 'void'>,
  at: number,
): Promise<void> {
  await tx
    .updateTable('ticketing.tickets')
    .set((eb) => ({
      status,
      ...(status === 'redeemed' ? { redeemed_at: new Date(at) } : {}),
      version: eb('version', '+', 1),
      updated_at: sql<Date>`now()`,
    }))
    .where('id', '=', ticket)
    .execute();
}

export type TicketHistory = {
  type: string;
  at: number;
  user: string | null;
  metadata: Record<string, unknown>;
}[];

/** What happened to a ticket, oldest first, without who looked at it; at most `limit`. */
export async function readTicketHistory(tx: Tx, ticket: TicketId, limit: number): Promise<TicketHistory> {
  const rows = await tx
    .selectFrom('ticketing.ticket_events')
    .select(['event_type', 'created_at', 'actor_user_id', 'metadata'])
    .where('ticket_id', '=', ticket)
    .where('event_type', '<>', 'viewed')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    type: row.event_type,
    at: row.created_at.getTime(),
    user: row.actor_user_id,
    metadata: row.metadata,
  }));
}
