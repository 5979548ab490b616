/** Revoke a key, for good. Servers stop to accept it within `keyFreshMs`. */
import type { Database } from '../../persistence/database.ts';
import { revokeKey as markRevoked } from '../../persistence/queries/api-keys.ts';

export async function revokeKey(db: Database, name: string): Promise<{ status: 'revoked' | 'key_unknown' }> {
  return { status: (await markRevoked(db, name)) ? 'revoked' : 'key_unknown' };
}
