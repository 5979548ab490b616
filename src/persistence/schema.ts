/**
 * The tables as kysely sees them: names and columns of the migrations, which a test compares with the database.
 * `bigint` columns are read as numbers (see database.ts: all of ours stay below 2^53), times as Date, bytea as Buffer.
 */
import type { ColumnType, Generated, Selectable } from 'kysely';
import type { OrderMode, OrderStatus } from '../domain/order.ts';
import type { ContactsTable, FeeRulesTable, PriceStepsTable, PromoCodesTable } from './schema-checkout.ts';
import type {
  ReconciliationFindingsTable,
  ReconciliationPaymentsTable,
  ReconciliationsTable,
  TaskRunnersTable,
  TaskSuccessesTable,
} from './schema-jobs.ts';
import type { ApiKeysTable, IdempotencyKeysTable } from './schema-keys.ts';
import type {
  PaymentCursorsTable,
  PaymentsTable,
  SettlementsTable,
  StripeEventsTable,
} from './schema-payments.ts';

/** Set by the database when left out. */
type Time = ColumnType<Date, Date | string, Date | string>;
type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type OrNull<Value> = ColumnType<Value | null, Value | null | undefined, Value | null>;
type Json<Value> = ColumnType<Value, string | undefined, string>;

/** On every business table. `version` counts edits of the row, for If-Match; it is not the event's journal version. */
type Kept = {
  version: Generated<number>;
  created_at: TimeDefault;
  updated_at: TimeDefault;
  deleted_at: TimeOrNull;
};

export type EventStatus = 'draft' | 'published' | 'cancelled' | 'ended' | 'retired';
export type HoldStatus = 'active' | 'completed' | 'expired' | 'released' | 'unfulfilled';
export type TicketStatus = 'issued' | 'transferred' | 'redeemed' | 'refunding' | 'void' | 'suspended';

export type EventsTable = Kept & {
  id: string;
  name: string;
  venue: Generated<string>;
  start_at: Time;
  time_zone: Generated<string>;
  currency: Generated<string>;
  status: Generated<EventStatus>;
  /** Who decides stock: postgres until the event is opened in Redis. */
  inventory_authority: Generated<'postgres' | 'redis'>;
  /** Null until opened. */
  partition: OrNull<number>;
  sale_state: Generated<'draft' | 'on_sale' | 'paused' | 'ended' | 'retired'>;
  opens_at: TimeOrNull;
  closes_at: TimeOrNull;
  hold_ttl_ms: Generated<number>;
  buyer_limit: Generated<number>;
  extensions_max: Generated<number>;
  extension_ms: Generated<number>;
  extension_window_ms: Generated<number>;
  /** What an imported event is called where it came from; unique. */
  external_ref: OrNull<string>;
};

/** available = quantity - reserved - issued - withheld. */
type Stock = {
  id: string;
  event_id: string;
  name: Generated<string>;
  quantity: number;
  reserved_quantity: Generated<number>;
  issued_quantity: Generated<number>;
  withheld_quantity: Generated<number>;
  spoken_for: Generated<number>;
  drain_target: OrNull<number>;
  position: Generated<number>;
};

export type InventoryPoolsTable = Kept & Stock;

export type TicketTiersTable = Kept &
  Stock & {
    description: Generated<string>;
    price_cents: number;
    price_version: Generated<number>;
    buyer_limit: Generated<number>;
    pool_id: OrNull<string>;
  };

export type OrdersTable = Kept & {
  id: string;
  event_id: string;
  user_id: OrNull<string>;
  buyer: OrNull<string>;
  hold_id: OrNull<string>;
  origin: Generated<'checkout' | 'journal' | 'import'>;
  status: Generated<OrderStatus>;
  stripe_session_id: OrNull<string>;
  stripe_payment_intent_id: OrNull<string>;
  subtotal_cents: Generated<number>;
  fees_cents: Generated<number>;
  total_cents: Generated<number>;
  currency: Generated<string>;
  late: Generated<boolean>;
  /** The payment deadline. */
  expires_at: TimeOrNull;
  paid_at: TimeOrNull;
  cancelled_at: TimeOrNull;
  refunded_at: TimeOrNull;
  contact_id: OrNull<string>;
  mode: Generated<OrderMode>;
  /** Which life of its hold it is for. */
  hold_life: Generated<number>;
  /** The payment begun last: 1 and up. */
  attempt: Generated<number>;
  promo_id: OrNull<string>;
  /** total = subtotal - discount + fees. */
  discount_cents: Generated<number>;
  captured_cents: Generated<number>;
  payment_url: OrNull<string>;
  comp_actor: OrNull<string>;
  /** Set exactly when the mode is comp. */
  comp_reason: OrNull<string>;
  accepted_late_by: OrNull<string>;
  accepted_late_reason: OrNull<string>;
  request_key: OrNull<string>;
  request_hash: OrNull<string>;
};

export type OrderItemsTable = Kept & {
  id: string;
  order_id: string;
  /** Once per order. */
  tier_id: string;
  quantity: number;
  unit_price_cents: number;
  /** Of the whole line. */
  discount_cents: Generated<number>;
  fees_cents: Generated<number>;
  /** What the tier was called when it was bought. */
  title: Generated<string>;
};

export type TicketsTable = Kept & {
  id: string;
  order_id: string;
  order_item_id: string;
  /** 1 to the line's quantity; unique with order_item_id. */
  ordinal: number;
  tier_id: string;
  event_id: string;
  owner_user_id: OrNull<string>;
  buyer: OrNull<string>;
  status: Generated<TicketStatus>;
  generation: Generated<number>;
  qr_code: OrNull<string>;
  issued_at: TimeDefault;
  redeemed_at: TimeOrNull;
  /** Set exactly when status is void. */
  voided_at: TimeOrNull;
};

/** One row per hold and tier; primary key (id, tier_id). */
export type TicketHoldsTable = Kept & {
  id: string;
  tier_id: string;
  event_id: string;
  buyer: OrNull<string>;
  user_id: OrNull<string>;
  quantity: number;
  unit_price_cents: Generated<number>;
  status: Generated<HoldStatus>;
  /** Only while active. */
  paying: Generated<boolean>;
  held_at: TimeDefault;
  expires_at: TimeDefault;
  ttl_ms: Generated<number>;
  extensions: Generated<number>;
  /** The order's row must exist. */
  order_id: OrNull<string>;
  /** Set exactly when status is not active. */
  ended_at: TimeOrNull;
  held_version: OrNull<number>;
  ended_version: OrNull<number>;
  lives: Generated<number>;
};

export type RefundLogTable = Kept & {
  id: string;
  order_id: string;
  ticket_id: OrNull<string>;
  user_id: OrNull<string>;
  op: OrNull<string>;
  amount_cents: number;
  currency: Generated<string>;
  status: Generated<'requested' | 'done' | 'failed'>;
  return_to: Generated<'public' | 'house' | 'none'>;
  reason: Generated<string>;
  actor: Generated<string>;
  stripe_refund_id: OrNull<string>;
  payment_intent: OrNull<string>;
  requested_at: TimeDefault;
  refunded_at: TimeOrNull;
};

export type TicketEventsTable = Kept & {
  id: Generated<string>;
  ticket_id: string;
  event_type: string;
  actor_user_id: OrNull<string>;
  metadata: Json<Record<string, unknown>>;
};

/** The ledger: append-only; primary key (event_id, version, at). */
export type InventoryJournalTable = {
  event_id: string;
  version: number;
  at: Time;
  partition: number;
  epoch: number;
  entry: number;
  position: number;
  kind: string;
  hold_id: OrNull<string>;
  order_id: OrNull<string>;
  op: OrNull<string>;
  user_id: OrNull<string>;
  body: string;
};

export type JournalCommitsTable = {
  event_id: string;
  first_version: number;
  last_version: number;
  root: Buffer;
  chain: Buffer;
  committed_at: TimeDefault;
};

export type JournalHeadsTable = {
  event_id: string;
  version: Generated<number>;
  chain: Generated<Buffer>;
  projected_version: Generated<number>;
  frozen_at: TimeOrNull;
  frozen_version: OrNull<number>;
  frozen_cause: OrNull<string>;
  updated_at: TimeDefault;
};

export type JournalWatermarksTable = {
  partition: number;
  epoch: Generated<number>;
  entry: Generated<number>;
  opened: Generated<boolean>;
  updated_at: TimeDefault;
};

export type PartitionHealthTable = { partition: number; alive_at: TimeDefault };

export type InventoryOperationsTable = { event_id: string; op: string; at: Time; record: string };

/**
 * What SQL functions ask of an open event. Payload by kind: reclaim {}, confirm { order }, reconcile { fix }.
 * At most one open row per event, kind and payload.order.
 */
export type InventoryCommandsTable = {
  id: Generated<string>;
  event_id: string;
  kind: 'reclaim' | 'confirm' | 'reconcile';
  payload: Json<{ order?: string; fix?: boolean }>;
  requested_by: Generated<string>;
  requested_at: TimeDefault;
  attempts: Generated<number>;
  done_at: TimeOrNull;
  outcome: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
};

/** What a person has to decide. Kinds are one word each, as docs/incidents.md lists them. */
export type IncidentsTable = {
  /** Made of what it is about: noticing it again opens nothing. */
  id: string;
  kind: string;
  severity: Generated<'critical' | 'warning' | 'info'>;
  event_id: OrNull<string>;
  tier_id: OrNull<string>;
  order_id: OrNull<string>;
  ticket_id: OrNull<string>;
  /** What the provider calls the payment. */
  payment_ref: OrNull<string>;
  detail: Json<Record<string, unknown>>;
  opened_at: TimeDefault;
  opened_by: string;
  /** These three are set together. */
  resolved_at: TimeOrNull;
  resolved_by: OrNull<string>;
  resolution: OrNull<string>;
};

export type Schema = {
  'events.events': EventsTable;
  'ticketing.inventory_pools': InventoryPoolsTable;
  'ticketing.ticket_tiers': TicketTiersTable;
  'ticketing.orders': OrdersTable;
  'ticketing.contacts': ContactsTable;
  'ticketing.order_items': OrderItemsTable;
  'ticketing.fee_rules': FeeRulesTable;
  'ticketing.promo_codes': PromoCodesTable;
  'ticketing.price_steps': PriceStepsTable;
  'ticketing.tickets': TicketsTable;
  'ticketing.ticket_holds': TicketHoldsTable;
  'ticketing.refund_log': RefundLogTable;
  'ticketing.ticket_events': TicketEventsTable;
  'ticketing.inventory_journal': InventoryJournalTable;
  'ticketing.journal_commits': JournalCommitsTable;
  'ticketing.journal_heads': JournalHeadsTable;
  'ticketing.journal_watermarks': JournalWatermarksTable;
  'ticketing.partition_health': PartitionHealthTable;
  'ticketing.inventory_operations': InventoryOperationsTable;
  'ticketing.inventory_commands': InventoryCommandsTable;
  'ticketing.idempotency_keys': IdempotencyKeysTable;
  'ticketing.stripe_events': StripeEventsTable;
  'ticketing.payments': PaymentsTable;
  'ticketing.settlements': SettlementsTable;
  'ticketing.payment_cursors': PaymentCursorsTable;
  'ticketing.api_keys': ApiKeysTable;
  'ticketing.task_runners': TaskRunnersTable;
  'ticketing.task_successes': TaskSuccessesTable;
  'ticketing.incidents': IncidentsTable;
  'ticketing.reconciliations': ReconciliationsTable;
  'ticketing.reconciliation_findings': ReconciliationFindingsTable;
  'ticketing.reconciliation_payments': ReconciliationPaymentsTable;
};

/** A row of each table as it is read: `Rows['ticketing.orders']`. */
export type Rows = { [Table in keyof Schema]: Selectable<Schema[Table]> };
