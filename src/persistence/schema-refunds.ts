/** Refunds, disputes and cancelled events, as schema.ts has the other tables. */
import type { ColumnType, Generated } from 'kysely';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type OrNull<Value> = ColumnType<Value | null, Value | null | undefined, Value | null>;

export type ReturnToColumn = 'public' | 'house' | 'none';

/** tickets: they become void. amount: a part of the price. payment: all of one that bought nothing. */
export type RefundKind = 'payment' | 'tickets' | 'amount' | 'elsewhere' | 'chargeback';
export type RefundStatus = 'requested' | 'done' | 'failed';

export type RefundLogTable = {
  id: string;
  order_id: string;
  ticket_id: OrNull<string>;
  user_id: OrNull<string>;
  op: OrNull<string>;
  amount_cents: number;
  currency: Generated<string>;
  status: Generated<RefundStatus>;
  return_to: Generated<ReturnToColumn>;
  reason: Generated<string>;
  actor: Generated<string>;
  stripe_refund_id: OrNull<string>;
  requested_at: TimeDefault;
  refunded_at: TimeOrNull;
  /** The payment it is taken from; null for the one that paid the order. */
  payment_intent: OrNull<string>;
  kind: Generated<RefundKind>;
  /** Unique within its order. */
  refund_key: OrNull<string>;
  /** Used tickets too. */
  forced: Generated<boolean>;
  /** When the provider was first asked. */
  asked_at: TimeOrNull;
  provider_state: OrNull<'pending' | 'succeeded' | 'failed'>;
  failure: OrNull<string>;
  version: Generated<number>;
  created_at: TimeDefault;
  updated_at: TimeDefault;
  deleted_at: TimeOrNull;
};

export type RefundTicketsTable = {
  refund_id: string;
  ticket_id: string;
  share_cents: number;
  was: 'issued' | 'transferred' | 'redeemed' | 'suspended';
};

export type DisputesTable = {
  id: string;
  order_id: string;
  user_id: OrNull<string>;
  payment_intent: OrNull<string>;
  amount_cents: number;
  currency: string;
  state: 'open' | 'won' | 'lost';
  opened_at: TimeDefault;
  /** Set exactly when the state is not open. */
  decided_at: TimeOrNull;
  version: Generated<number>;
  created_at: TimeDefault;
  updated_at: TimeDefault;
};

export type DisputeTicketsTable = {
  dispute_id: string;
  ticket_id: string;
  was: 'issued' | 'transferred' | 'redeemed';
};

export type EventCancellationsTable = {
  event_id: string;
  actor: string;
  reason: Generated<string>;
  return_to: Generated<ReturnToColumn>;
  requested_at: TimeDefault;
};
