/** The tables of contacts and prices, as schema.ts has the others. */
import type { ColumnType, Generated } from 'kysely';
import type { FeeBearer } from '../domain/pricing/fees.ts';
import type { PromoKind } from '../domain/pricing/promo.ts';

type Time = ColumnType<Date, Date | string, Date | string>;
type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type OrNull<Value> = ColumnType<Value | null, Value | null | undefined, Value | null>;

type Kept = {
  version: Generated<number>;
  created_at: TimeDefault;
  updated_at: TimeDefault;
  deleted_at: TimeOrNull;
};

/** Addresses stand nowhere else. */
export type ContactsTable = {
  id: string;
  /** As given; empty once erased. */
  email: string;
  /** Trimmed and lower-cased, unique; null exactly when erased. */
  email_key: OrNull<string>;
  name: OrNull<string>;
  locale: Generated<string>;
  created_at: TimeDefault;
  erased_at: TimeOrNull;
  /** Who proved to read this mailbox; unique. */
  user_id: OrNull<string>;
};

/** Append-only; primary key (event_id, version). */
export type FeeRulesTable = {
  event_id: string;
  version: number;
  basis_points: number;
  fixed_cents: number;
  bearer: FeeBearer;
  valid_from: Time;
  actor: string;
  created_at: TimeDefault;
};

export type PromoCodesTable = Kept & {
  id: string;
  event_id: string;
  /** As written; code_key is what it is found by, unique per event. */
  code: string;
  code_key: string;
  kind: PromoKind;
  value: number;
  /** Null is every tier. */
  tier_ids: OrNull<string[]>;
  starts_at: TimeOrNull;
  ends_at: TimeOrNull;
  uses_max: OrNull<number>;
  per_buyer_max: OrNull<number>;
  active: Generated<boolean>;
};

/** Either starts_at or after_quantity says when. */
export type PriceStepsTable = Kept & {
  id: string;
  event_id: string;
  tier_id: string;
  position: number;
  price_cents: number;
  starts_at: TimeOrNull;
  after_quantity: OrNull<number>;
  actor: string;
  done_at: TimeOrNull;
  /** Set with done_at. */
  outcome: OrNull<'applied' | 'passed_over' | 'refused'>;
};
