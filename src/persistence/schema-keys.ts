/** The tables of API keys and Idempotency-Keys, as schema.ts has the others. */
import type { ColumnType } from 'kysely';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type OrNull<Value> = ColumnType<Value | null, Value | null | undefined, Value | null>;

export type IdempotencyKeysTable = {
  principal: string;
  route: string;
  key: string;
  body_hash: string;
  /** HTTP status; null while the first request is running. */
  status: OrNull<number>;
  reply: OrNull<string>;
  locked_until: TimeOrNull;
  created_at: TimeDefault;
  expires_at: TimeDefault;
};

/** Made and revoked by the owner only. */
export type ApiKeysTable = {
  id: string;
  /** Unique, among revoked ones too. */
  name: string;
  /** Of the key's text, hex. */
  sha256: string;
  scopes: string[];
  /** Whose doors it is for; null is all. */
  event_ids: OrNull<string[]>;
  created_at: TimeDefault;
  revoked_at: TimeOrNull;
};
