/** What the provider told: each event once, kept until its order is out of pending here, and for some time after. */
import { type Selectable, sql } from 'kysely';
import type { OrderId } from '../../domain/ids.ts';
import type { PaymentRef, ProviderEvent } from '../../domain/payment.ts';
import type { Tx } from '../database.ts';
import type { Schema } from '../schema.ts';

export type EventSource = 'webhook' | 'poll';

/** `outcome`: why nothing is to be done about it. */
export type NewEvent = { event: ProviderEvent; source: EventSource; outcome?: string | undefined };

/** Answers the ids of those that were not there. As app or worker. */
export async function insertProviderEvents(tx: Tx, events: NewEvent[]): Promise<Set<string>> {
  const told = events.map(({ event, source, outcome }) => ({
    id: event.id,
    type: event.type,
    livemode: event.livemode,
    payload: event.payload,
    created_at: new Date(event.createdAt).toISOString(),
    source,
    order_id: event.order,
    ref_kind: event.ref?.kind ?? null,
    ref: event.ref?.id ?? null,
    intent: event.intent,
    dispute: disputeOf(event),
    outcome: outcome ?? null,
  }));
  const { rows } = await sql<{ id: string }>`
    insert into ticketing.stripe_events (id, type, livemode, payload, created_at, source, order_id, ref_kind, ref, intent, dispute,
      outcome, settled_at)
    select t.*, case when outcome is null then null else now() end
    from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as t(id text, type text, livemode boolean, payload jsonb,
      created_at timestamptz, source text, order_id uuid, ref_kind text, ref text, intent text, dispute jsonb, outcome text)
    on conflict (id) do nothing
    returning id
  `.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

function disputeOf({ dispute }: ProviderEvent) {
  return dispute ? { id: dispute.id, state: dispute.state, ...dispute.amount } : null;
}

export type StoredEvent = {
  id: string;
  type: string;
  /** Unix ms. */
  createdAt: number;
  receivedAt: number;
  order: OrderId | null;
  ref: PaymentRef | null;
  intent: string | null;
  dispute: ProviderEvent['dispute'];
  attempts: number;
  settled: boolean;
};

/** One more look at each of these: counted, and the next one put off. By id, those that are there. As worker. */
export async function beginLooks(tx: Tx, ids: string[]): Promise<Map<string, StoredEvent>> {
  const rows = await tx
    .updateTable('ticketing.stripe_events')
    .set({
      attempts: sql<number>`attempts + 1`,
      // 30 s, a minute, two, ... an hour: a payment that nobody knows is looked for over a day.
      look_at: sql<Date>`now() + least(interval '1 hour', interval '30 seconds' * power(2, least(attempts, 8)))`,
    })
    .where(sql<boolean>`id = any(${ids}::text[])`)
    .returning([
      'id',
      'type',
      'created_at',
      'received_at',
      'order_id',
      'ref_kind',
      'ref',
      'intent',
      'dispute',
      'attempts',
      'settled_at',
    ])
    .execute();
  return new Map(rows.map((row) => [row.id, storedEvent(row)]));
}

type LookedAt = Pick<
  Selectable<Schema['ticketing.stripe_events']>,
  | 'id'
  | 'type'
  | 'created_at'
  | 'received_at'
  | 'order_id'
  | 'ref_kind'
  | 'ref'
  | 'intent'
  | 'dispute'
  | 'attempts'
  | 'settled_at'
>;

function storedEvent(row: LookedAt): StoredEvent {
  const { dispute } = row;
  return {
    id: row.id,
    type: row.type,
    createdAt: row.created_at.getTime(),
    receivedAt: row.received_at.getTime(),
    order: row.order_id as OrderId | null,
    ref: row.ref !== null && row.ref_kind !== null ? { kind: row.ref_kind, id: row.ref } : null,
    intent: row.intent,
    dispute: dispute && {
      id: dispute.id,
      state: dispute.state,
      amount: { amount: dispute.amount, currency: dispute.currency },
    },
    attempts: row.attempts,
    settled: row.settled_at !== null,
  };
}

/** The order behind a payment that does not name one: by what was seen of it before. */
export async function orderOfPayment(tx: Tx, refs: (string | null)[]): Promise<OrderId | undefined> {
  const ids = refs.filter((ref) => ref !== null);
  const { rows } = await sql<{ order: OrderId }>`
    select o.id as order from ticketing.orders o
      where o.stripe_payment_intent_id = any(${ids}::text[]) or o.stripe_session_id = any(${ids}::text[])
    union select p.order_id from ticketing.payments p where p.ref = any(${ids}::text[]) or p.intent = any(${ids}::text[])
    limit 1
  `.execute(tx);
  return rows[0]?.order;
}

/** Notes whose order an event is about, when it did not say so itself. */
export async function attachEvent(tx: Tx, id: string, order: OrderId): Promise<void> {
  await tx.updateTable('ticketing.stripe_events').set({ order_id: order }).where('id', '=', id).execute();
}

export async function settleEvent(tx: Tx, id: string, outcome: string): Promise<void> {
  await tx
    .updateTable('ticketing.stripe_events')
    .set({ outcome, settled_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('settled_at', 'is', null)
    .execute();
}

export type OpenEvent = {
  id: string;
  type: string;
  ref: PaymentRef | null;
  isDispute: boolean;
  /** Unix ms. */
  receivedAt: number;
};

/** What was told about each order and is not done with. */
export async function openEventsOf(tx: Tx, orders: OrderId[]): Promise<Map<string, OpenEvent[]>> {
  const rows = await tx
    .selectFrom('ticketing.stripe_events')
    .select([
      'id',
      'type',
      'order_id',
      'ref',
      'ref_kind',
      sql<boolean>`dispute is not null`.as('dispute'),
      'received_at',
    ])
    .where(sql<boolean>`order_id = any(${orders}::uuid[])`)
    .where('settled_at', 'is', null)
    .orderBy('id')
    .execute();
  const open = new Map<string, OpenEvent[]>();
  for (const { id, type, order_id, ref, ref_kind, dispute, received_at } of rows) {
    const events = open.get(order_id ?? '') ?? [];
    events.push({
      id,
      type,
      ref: ref !== null && ref_kind !== null ? { kind: ref_kind, id: ref } : null,
      isDispute: dispute,
      receivedAt: received_at.getTime(),
    });
    open.set(order_id ?? '', events);
  }
  return open;
}

/** Open events whose time has come, put off at once so that others take others. */
export async function claimOpenEvents(tx: Tx, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update ticketing.stripe_events set look_at = now() + interval '1 minute'
    where id in (select id from ticketing.stripe_events where settled_at is null and look_at <= now()
      order by look_at limit ${limit} for update skip locked)
    returning id
  `.execute(tx);
  return rows.map(({ id }) => id);
}

/**
 * Whose turn it is to read the provider's list: one reader each `everyMs`, whoever comes first. Answers up to when it was read (Unix
 * ms; `first` before the first time), or undefined when it is nobody's turn.
 */
export async function claimCursor(
  tx: Tx,
  name: string,
  given: { everyMs: number; first: number },
): Promise<number | undefined> {
  const { rows } = await sql<{ at: Date }>`
    insert into ticketing.payment_cursors as c (name, at) values (${name}, ${new Date(given.first)})
    on conflict (name) do update set moved_at = now()
      where c.moved_at <= now() - ${given.everyMs} * interval '1 millisecond'
    returning c.at
  `.execute(tx);
  return rows[0]?.at.getTime();
}

/** Whether the provider's own messages reach us. */
export async function webhooksCome(tx: Tx, withinMs: number): Promise<boolean> {
  const { rows } = await sql<{ come: boolean }>`
    select exists (select from ticketing.stripe_events where source = 'webhook'
      and received_at > now() - ${withinMs} * interval '1 millisecond') as come
  `.execute(tx);
  return rows[0]?.come === true;
}

/** Those of `ids` that are stored. */
export async function storedEvents(tx: Tx, ids: string[]): Promise<Set<string>> {
  const rows = await tx.selectFrom('ticketing.stripe_events').select('id').where('id', 'in', ids).execute();
  return new Set(rows.map(({ id }) => id));
}

/** Forward only: of two who read at once, the one that came further counts. */
export async function moveCursor(tx: Tx, name: string, at: number): Promise<void> {
  await sql`
    insert into ticketing.payment_cursors as c (name, at) values (${name}, ${new Date(at)})
    on conflict (name) do update set at = greatest(c.at, excluded.at), moved_at = now()
  `.execute(tx);
}
