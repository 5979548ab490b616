/** Create a key: its text is shown once and kept nowhere; what is kept is its SHA-256. 256 random bits need no slow hash. */
import { hash, randomBytes } from 'node:crypto';
import { type EventId, uuidV7 } from '../../domain/ids.ts';
import type { Database } from '../../persistence/database.ts';
import { insertKey } from '../../persistence/queries/api-keys.ts';
import { doorScopes, type Scope } from './scopes.ts';

export const keyPrefix = 'sk_org_';
/** Lower case, because names stand in the ledger and in logs beside each other. */
export const keyName = /^[a-z0-9][a-z0-9._-]{0,62}$/;
/** Of the configured key: two that are called the same could not be told apart in the ledger. */
const reserved = new Set(['admin']);

export type CreatedKey =
  | { status: 'created'; id: string; name: string; scopes: Scope[]; events: EventId[] | 'all'; key: string }
  | { status: 'name_invalid' | 'name_taken' | 'scopes_not_of_doors' };

export async function createKey(
  db: Database,
  wanted: { name: string; scopes: Scope[]; events?: EventId[] },
  now: number,
): Promise<CreatedKey> {
  const { name } = wanted;
  if (!keyName.test(name)) return { status: 'name_invalid' };
  if (reserved.has(name)) return { status: 'name_taken' };
  const scopes = [...new Set(wanted.scopes)];
  const events = wanted.events ? [...new Set(wanted.events)] : undefined;
  // The other routes do not ask whose event it is: a key that looked limited would not be.
  if (events && !scopes.every((scope) => doorScopes.includes(scope)))
    return { status: 'scopes_not_of_doors' };
  const id = uuidV7(now, randomBytes(10).toString('hex'));
  const key = keyPrefix + randomBytes(32).toString('base64url');
  const made = await insertKey(db, {
    id,
    name,
    scopes,
    event_ids: events ?? null,
    sha256: hash('sha256', key, 'hex'),
  });
  return made
    ? { status: 'created', id, name, scopes, events: events ?? 'all', key }
    : { status: 'name_taken' };
}
