/** Create a key: its text is shown once and kept nowhere; what is kept is its SHA-256. 256 random bits need no slow hash. */
import { hash, randomBytes } from 'node:crypto';
import { uuidV7 } from '../../domain/ids.ts';
import type { Database } from '../../persistence/database.ts';
import { insertKey } from '../../persistence/queries/api-keys.ts';
import type { Scope } from './scopes.ts';

export const keyPrefix = 'sk_org_';
/** Lower case, because names stand in the ledger and in logs beside each other. */
export const keyName = /^[a-z0-9][a-z0-9._-]{0,62}$/;
/** Of the configured key: two that are called the same could not be told apart in the ledger. */
const reserved = new Set(['admin']);

export type CreatedKey =
  | { status: 'created'; id: string; name: string; scopes: Scope[]; key: string }
  | { status: 'name_invalid' | 'name_taken' };

export async function createKey(
  db: Database,
  wanted: { name: string; scopes: Scope[] },
  now: number,
): Promise<CreatedKey> {
  const { name } = wanted;
  if (!keyName.test(name)) return { status: 'name_invalid' };
  if (reserved.has(name)) return { status: 'name_taken' };
  const scopes = [...new Set(wanted.scopes)];
  const id = uuidV7(now, randomBytes(10).toString('hex'));
  const key = keyPrefix + randomBytes(32).toString('base64url');
  const made = await insertKey(db, { id, name, scopes, sha256: hash('sha256', key, 'hex') });
  return made ? { status: 'created', id, name, scopes, key } : { status: 'name_taken' };
}
