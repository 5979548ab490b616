/** Tickets without a checkout: a hold that is confirmed by hand, and the rows that come of it. */
import { randomUUID } from 'node:crypto';
import {
  derivedUuid,
  type EventId,
  eventPrefix,
  type HoldId,
  type OpId,
  type OrderId,
  readId,
  showId,
  type TicketId,
  ticketIdFor,
} from '../../src/domain/ids.ts';
import { ticketCode } from '../../src/domain/ticket-code.ts';
import { until } from '../../src/features/until.ts';
import { inTransaction } from '../../src/persistence/database.ts';
import { readTicket } from '../../src/persistence/queries/tickets.ts';
import { hold, type Person, type Send, type Show, send } from './client.ts';
import { adminKey, type Site } from './site.ts';

export type Bought = { order: OrderId; event: EventId; tickets: TicketId[] };

const boundMs = 10_000;

/** Buys `quantity` of the show's first tier and waits for the tickets. */
export async function buy(site: Site, who: Person, show: Show, quantity: number): Promise<Bought> {
  const held = await hold(site, who, show, quantity);
  if (held.status !== 201) throw new Error(`not held: ${held.text}`);
  const event = readId('event', show.id) as EventId;
  const id = readId('hold', held.body.id) as HoldId;
  const found = await site.ctx.inventory.find({ event, hold: id });
  if (found.status !== 'found') throw new Error(`the hold is ${found.status}`);
  const { buyer, items } = found.hold;
  const order = derivedUuid(eventPrefix(id), 'order', id) as OrderId;
  const sold = await site.ctx.inventory.confirm({ event, hold: id, order, buyer, items });
  if (sold.status !== 'sold') throw new Error(`not sold: ${sold.status}`);
  const tickets = items.flatMap((item) =>
    Array.from({ length: item.quantity }, (_, n) => ticketIdFor(order, item.tier, n + 1)),
  );
  for (const ticket of tickets) await becomes(site, ticket, 'issued');
  return { order, event, tickets };
}

export async function rowOf(site: Site, ticket: TicketId) {
  return inTransaction(site.ctx.db, { role: 'readonly', readOnly: true }, (tx) => readTicket(tx, ticket));
}

export async function becomes(site: Site, ticket: TicketId, status: string): Promise<void> {
  const seen = await until(boundMs, async () => {
    const row = await rowOf(site, ticket);
    return row?.status === status ? row : undefined;
  });
  if (seen === undefined) throw new Error(`ticket ${ticket} did not become ${status}`);
}

/** As an operator would: the units of these tickets go back on sale. */
export async function giveBack(site: Site, { order, event, tickets }: Bought, of: TicketId[] = tickets) {
  const row = await rowOf(site, of[0] as TicketId);
  if (row === undefined) throw new Error('there is no such ticket');
  const { rows } = await inTransaction(site.ctx.db, { role: 'readonly', readOnly: true }, async (tx) => ({
    rows: await tx.selectFrom('ticketing.tickets').select('buyer').where('id', '=', row.ticket).execute(),
  }));
  const answer = await site.ctx.inventory.giveBack({
    event,
    op: randomUUID() as string as OpId,
    order,
    buyer: rows[0]?.buyer as never,
    items: [{ tier: row.tier, quantity: of.length, price: 2_500 }],
    returnTo: 'public',
    tickets: of,
  });
  if (answer.status !== 'returned') throw new Error(`not given back: ${answer.status}`);
}

export const ticketPath = (ticket: TicketId) => `/v1/tickets/${showId('ticket', ticket)}`;

export function codeFor(site: Site, bought: Bought, ticket: TicketId, generation = 1, rotatesAt?: number) {
  return ticketCode(site.ctx.tickets.keys, { event: bought.event, ticket, generation }, rotatesAt);
}

/** Changes rows as no verb does, to see what the verbs make of it. */
export async function set(site: Site, ticket: TicketId, values: object): Promise<void> {
  await inTransaction(site.ctx.db, { role: 'worker' }, (tx) =>
    tx.updateTable('ticketing.tickets').set(values).where('id', '=', ticket).execute(),
  );
}

export function scan(site: Site, key: string, json: object, more: Send['headers'] = {}) {
  return send(site, '/v1/checkins', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'idempotency-key': randomUUID(), ...more },
    json: { gate: 'north', deviceId: 'scanner-1', ...json },
  });
}

export const adminKeyScan = (site: Site, code: string) => scan(site, adminKey, { code });
