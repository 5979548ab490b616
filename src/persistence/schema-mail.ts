/** The tables of mail and sign-in, as schema.ts has the others. */
import type { ColumnType, Generated } from 'kysely';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type OrNull<Value> = ColumnType<Value | null, Value | null | undefined, Value | null>;

export type MailKind = 'confirmation' | 'refund' | 'unfulfilled' | 'sign_in';
export type MailStatus = 'queued' | 'sent' | 'failed' | 'dead';

export type MailsTable = {
  id: Generated<string>;
  contact_id: string;
  order_id: OrNull<string>;
  refund_id: OrNull<string>;
  link_id: OrNull<string>;
  kind: MailKind;
  locale: Generated<string>;
  /** What it is about; unique. */
  dedupe: string;
  status: Generated<MailStatus>;
  attempts: Generated<number>;
  cause: OrNull<string>;
  message_id: OrNull<string>;
  created_at: TimeDefault;
  /** Set exactly when status is sent. */
  sent_at: TimeOrNull;
};

export type SignInLinksTable = {
  id: string;
  contact_id: string;
  /** Of the token, hex; unique. */
  sha256: string;
  asked_by: OrNull<string>;
  created_at: TimeDefault;
  expires_at: ColumnType<Date, Date | string, Date | string>;
  used_at: TimeOrNull;
};
