/** Who may: a person for what is theirs, a key for what its scopes name. Each is counted against its limit here. */
import { hash } from 'node:crypto';
import type { EventId, UserId } from '../domain/ids.ts';
import type { Scope } from '../features/keys/scopes.ts';
import { adminOf, bearerToken, sessionOf } from './auth.ts';
import { type Call, type Edge, overLimit } from './edge.ts';
import type { Refused } from './problem.ts';

/** `events`: whose doors a key is for. */
export type KnownKey = { name: string; scopes: readonly Scope[]; events: readonly EventId[] | 'all' };

/** By the SHA-256 of the key, in hex. */
export type FindKey = (sha256: string) => Promise<KnownKey | undefined>;

export type Person = { status: 'person'; user: UserId } | Refused;

/** Answers at once for a session's token, which is all of the hot path; a JWT may have to wait for its issuer's keys. */
export function personOf(edge: Edge, call: Call): Person | Promise<Person> {
  const { headers } = call.incoming;
  const session = sessionOf(headers, call.c.req.method, edge.sessions);
  if (session || !edge.subjects) return counted(edge, call, session?.user);
  const token = bearerToken(headers);
  if (token === undefined) return { status: 'session_required' };
  return edge.subjects.userOf(token).then((user) => counted(edge, call, user));
}

function counted(edge: Edge, call: Call, user: UserId | undefined): Person {
  if (!user) return { status: 'session_required' };
  if (edge.limits && call.standing) {
    edge.limits.holds(user, call.standing);
    const over = overLimit(call);
    if (over) return over;
  }
  return { status: 'person', user };
}

type Holder = { name: string; scopes: readonly Scope[] | 'all'; events: readonly EventId[] | 'all' };
export type Organizer = ({ status: 'organizer' } & Holder) | Refused;

/** A key with one of `scopes`. Which of several a request needs is for the route to say, with `mayDo`. */
export async function organizerOf(edge: Edge, call: Call, scopes: readonly Scope[]): Promise<Organizer> {
  const found = await keyOf(edge, call);
  if (!found) return { status: 'admin_key_required' };
  if (edge.limits && call.standing) {
    await edge.limits.keys(found.name, call.standing);
    const over = overLimit(call);
    if (over) return over;
  }
  return mayDo(found, scopes) ?? { status: 'organizer', ...found };
}

/** The refusal of a key that has none of `scopes`. */
export function mayDo(
  key: { scopes: readonly Scope[] | 'all' },
  scopes: readonly Scope[],
): Refused | undefined {
  const held = key.scopes;
  if (held === 'all' || scopes.some((scope) => held.includes(scope))) return undefined;
  return { status: 'scope_missing', scopes: [...scopes] };
}

const keyShape = /^sk_org_[A-Za-z0-9_-]{43}$/;

async function keyOf(edge: Edge, call: Call): Promise<Holder | undefined> {
  const { headers } = call.incoming;
  const name = adminOf(headers, edge.adminKeys);
  if (name !== undefined) return { name, scopes: 'all', events: 'all' };
  const token = bearerToken(headers);
  // What cannot be a key is not looked for.
  if (!edge.findKey || token === undefined || !keyShape.test(token)) return undefined;
  return edge.findKey(hash('sha256', token, 'hex'));
}
