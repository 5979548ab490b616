/** The tables of payments, as schema.ts has the others. */
import type { ColumnType, Generated } from 'kysely';

type Time = ColumnType<Date, Date | string, Date | string>;
type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type OrNull<Value> = ColumnType<Value | null, Value | null | undefined, Value | null>;
type JsonOrNull<Value> = ColumnType<Value | null, string | null | undefined, string | null>;

export type StripeEventsTable = {
  id: string;
  type: string;
  livemode: Generated<boolean>;
  payload: ColumnType<Record<string, unknown>, string, string>;
  received_at: TimeDefault;
  attempts: Generated<number>;
  settled_at: TimeOrNull;
  outcome: OrNull<string>;
  created_at: TimeDefault;
  source: Generated<'webhook' | 'poll'>;
  order_id: OrNull<string>;
  ref_kind: OrNull<'session' | 'intent'>;
  ref: OrNull<string>;
  intent: OrNull<string>;
  dispute: JsonOrNull<{ id: string; state: 'open' | 'won' | 'lost'; amount: number; currency: string }>;
  look_at: TimeDefault;
};

export type PaymentsTable = {
  ref: string;
  kind: 'session' | 'intent';
  order_id: string;
  intent: OrNull<string>;
  attempt: OrNull<number>;
  state: 'open' | 'processing' | 'authorised' | 'closed' | 'paid';
  asked_cents: number;
  received_cents: Generated<number>;
  refunded_cents: Generated<number>;
  currency: string;
  livemode: boolean;
  begun_at: Time;
  outcome: OrNull<string>;
  settled_at: TimeOrNull;
  created_at: TimeDefault;
  updated_at: TimeDefault;
};

export type SettlementsTable = {
  order_id: string;
  due_at: Time;
  tries: Generated<number>;
  found: OrNull<string>;
};

export type PaymentCursorsTable = { name: string; at: Time; moved_at: TimeDefault };
