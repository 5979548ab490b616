/** Organizers' keys. The server may read them; only the owner, that is the command line, makes and revokes them. */
import { sql } from 'kysely';
import { type Database, inTransaction } from '../database.ts';

export type ApiKeyRow = {
  id: string;
  name: string;
  scopes: string[];
  /** Whose doors it is for; null is all. */
  events: string[] | null;
  createdAt: Date;
  revokedAt: Date | null;
};

/** The live key with this digest (hex). */
export function keyBySha256(
  db: Database,
  sha256: string,
): Promise<Pick<ApiKeyRow, 'name' | 'scopes' | 'events'> | undefined> {
  return inTransaction(db, { role: 'app', readOnly: true }, (tx) =>
    tx
      .selectFrom('ticketing.api_keys')
      .select(['name', 'scopes', 'event_ids as events'])
      .where('sha256', '=', sha256)
      .where('revoked_at', 'is', null)
      .executeTakeFirst(),
  );
}

/** False when the name is taken, be it by a revoked key. */
export function insertKey(
  db: Database,
  key: { id: string; name: string; sha256: string; scopes: string[]; event_ids: string[] | null },
): Promise<boolean> {
  return inTransaction(db, { role: 'owner' }, async (tx) => {
    const made = await tx
      .insertInto('ticketing.api_keys')
      .values(key)
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returning('id')
      .executeTakeFirst();
    return made !== undefined;
  });
}

/** By name. False when there is no such key, or it is revoked already. */
export function revokeKey(db: Database, name: string): Promise<boolean> {
  return inTransaction(db, { role: 'owner' }, async (tx) => {
    const revoked = await tx
      .updateTable('ticketing.api_keys')
      .set({ revoked_at: sql<Date>`now()` })
      .where('name', '=', name)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    return revoked !== undefined;
  });
}

/** Oldest first, revoked ones too. */
export function allKeys(db: Database): Promise<ApiKeyRow[]> {
  return inTransaction(db, { role: 'owner', readOnly: true }, (tx) =>
    tx
      .selectFrom('ticketing.api_keys')
      .select([
        'id',
        'name',
        'scopes',
        'event_ids as events',
        'created_at as createdAt',
        'revoked_at as revokedAt',
      ])
      .orderBy('id')
      .execute(),
  );
}
