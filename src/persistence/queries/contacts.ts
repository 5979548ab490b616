/** Where people are written to. No other table has an address. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';

export type ContactGiven = { email: string; name?: string | undefined; locale?: string | undefined };

/** One row per mailbox, made when it is not there yet. Answers its id and nothing about who it is. */
export async function contactOf(tx: Tx, { email, name, locale }: ContactGiven): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select ticketing.contact_of(${email}, ${name ?? null}, ${locale ?? null}) as id
  `.execute(tx);
  return rows[0]!.id;
}

export type Contact = { id: string; email: string; name: string | null; locale: string };

/** Undefined when it is not there, was erased, or is not one the role may see. */
export async function contactById(tx: Tx, id: string): Promise<Contact | undefined> {
  return tx
    .selectFrom('ticketing.contacts')
    .select(['id', 'email', 'name', 'locale'])
    .where('id', '=', id)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
}
