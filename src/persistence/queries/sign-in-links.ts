/** Sign-in links, by the SHA-256 of their token. All of it as the worker: the app role can see none of them. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';

export type KnownContact = { id: string; locale: string };

/** Locked, so that two questions for one mailbox are counted one after the other. Undefined: nobody has this address. */
export async function lockContact(tx: Tx, email: string): Promise<KnownContact | undefined> {
  const { rows } = await sql<KnownContact>`
    select id, locale from ticketing.contacts where email_key = lower(btrim(${email})) for no key update
  `.execute(tx);
  return rows[0];
}

export async function linksSince(tx: Tx, contact: string, sinceMs: number): Promise<number> {
  const { rows } = await sql<{ asked: number }>`
    select count(*)::int as asked from ticketing.sign_in_links
    where contact_id = ${contact} and created_at > now() - make_interval(secs => ${sinceMs / 1_000})
  `.execute(tx);
  return rows[0]?.asked ?? 0;
}

export type NewLink = {
  id: string;
  contact: string;
  sha256: string;
  askedBy: string | undefined;
  lifeMs: number;
};

/** Those of the contact that ended a day ago go, so that a mailbox never has many. */
export async function insertLink(tx: Tx, link: NewLink): Promise<void> {
  await sql`
    delete from ticketing.sign_in_links where contact_id = ${link.contact} and expires_at < now() - interval '1 day'
  `.execute(tx);
  await sql`
    insert into ticketing.sign_in_links (id, contact_id, sha256, asked_by, expires_at)
    values (${link.id}, ${link.contact}, ${link.sha256}, ${link.askedBy ?? null},
      now() + make_interval(secs => ${link.lifeMs / 1_000}))
  `.execute(tx);
}

/** While it can be used: for the mail that carries it. */
export async function liveLink(tx: Tx, id: string): Promise<{ sha256: string } | undefined> {
  const { rows } = await sql<{ sha256: string }>`
    select sha256 from ticketing.sign_in_links where id = ${id} and used_at is null and expires_at > now()
  `.execute(tx);
  return rows[0];
}

/** Uses it up. Undefined when it is unknown, used or too old, or its contact was erased: nobody is told which. */
export async function useLink(
  tx: Tx,
  sha256: string,
): Promise<{ contact: string; askedBy: string | null; user: string | null } | undefined> {
  const { rows } = await sql<{ contact: string; askedBy: string | null }>`
    update ticketing.sign_in_links set used_at = now()
    where sha256 = ${sha256} and used_at is null and expires_at > now()
    returning contact_id as contact, asked_by as "askedBy"
  `.execute(tx);
  const link = rows[0];
  if (!link) return undefined;
  const known = await sql<{ user: string | null }>`
    select user_id as "user" from ticketing.contacts where id = ${link.contact} and erased_at is null for update
  `.execute(tx);
  return known.rows[0] && { ...link, ...known.rows[0] };
}
