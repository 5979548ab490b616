/** Mails: queued beside what causes them, locked while they are sent. No address is ever written here. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import type { MailKind, MailStatus } from '../schema-mail.ts';
import { column } from './journal-arrays.ts';

export type OrderTold = { order: string; status: 'paid' | 'refunded_unfulfilled' };
export type RefundTold = { order: string; op: string | null };

/**
 * One statement for everything a run of facts tells people: orders whose contact is known and not erased. Again is nothing: what
 * a mail is about is there once. Answers the new mails' ids.
 */
export async function queueOrderMails(tx: Tx, ends: OrderTold[], returns: RefundTold[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with told as (
      select d.order_id, null::uuid as refund_id,
        case d.status when 'paid' then 'confirmation' else 'unfulfilled' end as kind
      from unnest(
        ${column(ends.map((end) => end.order))}::uuid[], ${column(ends.map((end) => end.status))}::text[]
      ) as d(order_id, status)
      union
      select r.order_id, r.id, 'refund'
      from unnest(
        ${column(returns.map((row) => row.order))}::uuid[], ${column(returns.map((row) => row.op))}::text[]
      ) as d(order_id, op)
      join ticketing.refund_log r on r.order_id = d.order_id and r.op = d.op and r.kind <> 'chargeback'
    )
    insert into ticketing.mails (contact_id, order_id, refund_id, kind, locale, dedupe)
    select c.id, o.id, told.refund_id, told.kind, c.locale, told.kind || ':' || coalesce(told.refund_id, o.id)
    from told
    join ticketing.orders o on o.id = told.order_id
    join ticketing.contacts c on c.id = o.contact_id and c.erased_at is null
    on conflict (dedupe) do nothing
    returning id
  `.execute(tx);
  return rows.map(({ id }) => id);
}

/** For refunds that end without a fact, because no ticket is given back. */
export async function queueRefundMail(tx: Tx, refund: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into ticketing.mails (contact_id, order_id, refund_id, kind, locale, dedupe)
    select c.id, o.id, r.id, 'refund', c.locale, 'refund:' || r.id
    from ticketing.refund_log r
    join ticketing.orders o on o.id = r.order_id
    join ticketing.contacts c on c.id = o.contact_id and c.erased_at is null
    where r.id = ${refund} and r.kind <> 'chargeback'
    on conflict (dedupe) do nothing
    returning id
  `.execute(tx);
  return rows.map(({ id }) => id);
}

export async function queueSignInMail(
  tx: Tx,
  link: { id: string; contact: string; locale: string },
): Promise<string> {
  const { id } = await tx
    .insertInto('ticketing.mails')
    .values({
      contact_id: link.contact,
      link_id: link.id,
      kind: 'sign_in',
      locale: link.locale,
      dedupe: `sign_in:${link.id}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export type MailRow = {
  id: string;
  contact: string;
  order: string | null;
  refund: string | null;
  link: string | null;
  kind: MailKind;
  locale: string;
  status: MailStatus;
  attempts: number;
  createdAt: Date;
};

/** Locked until the transaction ends. `busy`: somebody else has it in hand. Undefined: there is none. */
export async function lockMail(tx: Tx, id: string): Promise<MailRow | 'busy' | undefined> {
  const locked = await tx
    .selectFrom('ticketing.mails')
    .select([
      'id',
      'contact_id as contact',
      'order_id as order',
      'refund_id as refund',
      'link_id as link',
      'kind',
      'locale',
      'status',
      'attempts',
      'created_at as createdAt',
    ])
    .where('id', '=', id)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (locked) return locked;
  const there = await tx.selectFrom('ticketing.mails').select('id').where('id', '=', id).executeTakeFirst();
  return there ? 'busy' : undefined;
}

export type MailOutcome = {
  status: Exclude<MailStatus, 'queued'>;
  cause: string | null;
  messageId: string | null;
};

/** Counts the attempt. */
export async function noteMail(tx: Tx, id: string, outcome: MailOutcome): Promise<void> {
  await sql`
    update ticketing.mails set status = ${outcome.status}, cause = ${outcome.cause}, attempts = attempts + 1,
      message_id = coalesce(${outcome.messageId}, message_id),
      sent_at = case when ${outcome.status} = 'sent' then now() end
    where id = ${id}
  `.execute(tx);
}

export type DeadMail = {
  id: string;
  kind: MailKind;
  order: string | null;
  refund: string | null;
  cause: string | null;
  attempts: number;
  createdAt: Date;
};

/** Those that were given up, oldest first. */
export async function deadMails(tx: Tx, limit: number): Promise<DeadMail[]> {
  return tx
    .selectFrom('ticketing.mails')
    .select([
      'id',
      'kind',
      'order_id as order',
      'refund_id as refund',
      'cause',
      'attempts',
      'created_at as createdAt',
    ])
    .where('status', '=', 'dead')
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Given up ones are to be sent again, from their first attempt. Answers which: those of `ids`, or the oldest of all. */
export async function queueAgain(tx: Tx, which: string[] | 'all', limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update ticketing.mails set status = 'queued', attempts = 0, cause = null
    where id in (select id from ticketing.mails where status = 'dead'
      and ${which === 'all' ? sql`true` : sql`id = any(${column(which)}::uuid[])`}
      order by created_at, id limit ${limit} for update skip locked)
    returning id
  `.execute(tx);
  return rows.map(({ id }) => id);
}
