/** What tests of mail stand on beside the journal's bed: orders with a contact, and their mails as they are. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { UserId } from '../../src/domain/ids.ts';
import { createLinkTokens } from '../../src/features/identity/link-tokens.ts';
import type { Mailing } from '../../src/features/mails/mailing.ts';
import { inTransaction, type Tx } from '../../src/persistence/database.ts';
import { contactOf } from '../../src/persistence/queries/contacts.ts';
import type { Post } from '../../src/platform/mail/post.ts';
import { append } from './journal.ts';
import { db, drain, redis, scene } from './journal-bed.ts';
import { held, opened, order, type Step } from './ledger.ts';

export const asWorker = <Result>(work: (tx: Tx) => Promise<Result>) =>
  inTransaction(db, { role: 'worker' }, work);

export function mailingBy(post: Post): Mailing {
  const tokens = createLinkTokens([randomBytes(32)]);
  return { post, from: 'Box office <box@example.com>', tokens };
}

let people = 0;
export const someone = () => `person${++people}@example.com`;

export type Ordered = { event: string; order: string; contact: string; hold: string; email: string };

export type Wanted = {
  email?: string;
  name?: string;
  locale?: string;
  user?: string;
  quantity?: number;
  /** What happens after the hold; the order is number 1. */
  after: Step[];
  /** Between checkout and the facts that follow. */
  meanwhile?: (ordered: Ordered) => Promise<void>;
};

/** An event, a hold, an order as checkout writes it, and what happens then; all of it applied. */
export async function ordered(wanted: Wanted): Promise<Ordered> {
  const { quantity = 2, email = someone() } = wanted;
  const made = await scene([opened(), held(1, quantity), ...wanted.after]);
  const { event, facts, partition } = made;
  const before = facts.slice(0, 2);
  const users = wanted.user === undefined ? [] : [null, wanted.user as UserId];
  await append(redis, { partition }, before, users);
  await drain(partition);
  const id = made.idOf(order(1));
  const hold = 'hold' in facts[1]! ? facts[1].hold : '';
  const user = wanted.user ?? null;
  const contact = await inTransaction(db, { role: 'app', userId: user ?? undefined }, (tx) =>
    contactOf(tx, { email, name: wanted.name, locale: wanted.locale }),
  );
  const total = quantity * 5_000;
  await asWorker(async (tx) => {
    await sql`update events.events set name = 'Night & Day', venue = 'Hall <1>', time_zone = 'Europe/Berlin',
      start_at = '2027-06-05T18:00:00Z', currency = 'EUR' where id = ${event}`.execute(tx);
    await sql`update ticketing.ticket_tiers set name = 'Floor' where event_id = ${event} and position = 0`.execute(
      tx,
    );
    await sql`insert into ticketing.orders (id, event_id, user_id, hold_id, contact_id, subtotal_cents, fees_cents,
      total_cents, currency) values (${id}, ${event}, ${user}, ${hold}, ${contact}, ${total}, 300, ${total + 300}, 'EUR')
    `.execute(tx);
  });
  const all = { event, order: id, contact, hold, email };
  await wanted.meanwhile?.(all);
  await append(redis, { partition, entry: 3 }, facts.slice(2));
  await drain(partition);
  return all;
}

export type Mail = {
  id: string;
  kind: string;
  status: string;
  attempts: number;
  cause: string | null;
  message_id: string | null;
  dedupe: string;
};

export const mailsOf = (of: { order: string }) =>
  asWorker(async (tx) => {
    const { rows } =
      await sql<Mail>`select id, kind, status, attempts, cause, message_id, dedupe from ticketing.mails
      where order_id = ${of.order} order by created_at, id`.execute(tx);
    return rows;
  });

/** Jobs that wait, by task and key. */
export const jobs = (like: string) =>
  asWorker(async (tx) => {
    const { rows } = await sql<{ task: string; key: string }>`
      select task_identifier as task, key from graphile_worker.jobs where key like ${like} order by id`.execute(
      tx,
    );
    return rows;
  });
