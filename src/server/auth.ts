/**
 * Who asks. A session is a token `ses_<uuid>.<expires, Unix s>.<mac>`, signed with HMAC-SHA256 and sent as a bearer token or
 * as the cookie `holdfast_session`; nothing is stored. A token that was verified once is remembered, so the hot path
 * costs one map lookup. An administrator sends a key whose SHA-256 is known here.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { readId, showId, type UserId } from '../domain/ids.ts';
import { boundedCache } from '../platform/bounded-cache.ts';

export const sessionCookie = 'holdfast_session';
const bearer = /^bearer +([!-~]+) *$/i;
const tokenShape = /^(ses_[0-9a-f-]{36})\.(\d{1,12})\.([A-Za-z0-9_-]{43})$/;

export type Session = { user: UserId; expiresAt: number };

export type Sessions = {
  issue(user: UserId): Session & { token: string };
  /** The session a token stands for, or undefined when it is forged, malformed or over. */
  verify(token: string): Session | undefined;
};

/** `keys`: the first one signs, all of them verify, so that a key can be replaced without logging people out. */
export function createSessions(options: {
  keys: Buffer[];
  ttlMs: number;
  now: () => number;
  rememberMax?: number;
}): Sessions {
  const verified = boundedCache<string, Session>(options.rememberMax ?? 100_000);
  const signed = (key: Buffer, payload: string) =>
    createHmac('sha256', key).update(`holdfast session ${payload}`).digest();
  const signingKey = options.keys[0];
  if (!signingKey) throw new Error('a session key is needed');
  return {
    issue(user) {
      const expiresAt = Math.floor((options.now() + options.ttlMs) / 1_000) * 1_000;
      const payload = `${showId('session', user)}.${expiresAt / 1_000}`;
      return { user, expiresAt, token: `${payload}.${signed(signingKey, payload).toString('base64url')}` };
    },
    verify(token) {
      let session = verified.get(token);
      if (session === undefined) {
        const parts = tokenShape.exec(token);
        const user = parts && readId('session', parts[1]!);
        if (!user) return undefined;
        const mac = Buffer.from(parts[3]!, 'base64url');
        // The last character has two bits that say nothing: one token has one spelling.
        if (mac.toString('base64url') !== parts[3]) return undefined;
        const payload = `${parts[1]}.${parts[2]}`;
        if (!options.keys.some((key) => timingSafeEqual(signed(key, payload), mac))) return undefined;
        session = { user: user as UserId, expiresAt: Number(parts[2]) * 1_000 };
        verified.set(token, session);
      }
      return session.expiresAt > options.now() ? session : undefined;
    },
  };
}

export function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  return headers.authorization === undefined ? undefined : bearer.exec(headers.authorization)?.[1];
}

/**
 * The session of a request. An Authorization header decides alone where there is one. A cookie counts on a request that
 * changes something only if the browser says that the request comes from our own pages.
 */
export function sessionOf(
  headers: IncomingHttpHeaders,
  method: string,
  sessions: Sessions,
): Session | undefined {
  if (headers.authorization !== undefined) {
    const token = bearerToken(headers);
    return token === undefined ? undefined : sessions.verify(token);
  }
  const token = cookieNamed(headers.cookie, sessionCookie);
  if (token === undefined) return undefined;
  if (method !== 'GET' && method !== 'HEAD' && !sameOrigin(headers)) return undefined;
  return sessions.verify(token);
}

function cookieNamed(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const trimmed = pair.trim();
    if (trimmed.startsWith(`${name}=`)) return trimmed.slice(name.length + 1);
  }
  return undefined;
}

/**
 * Browsers state where a request comes from, in Sec-Fetch-Site or at least in Origin; a program that sends neither is no
 * browser, and cannot be tricked into sending somebody's cookie.
 */
export function sameOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (headers.origin === undefined) return true;
  try {
    return new URL(headers.origin).host === headers.host;
  } catch {
    return false;
  }
}

/** The names of administrators by the SHA-256 of their keys, in hex. */
export type AdminKeys = { name: string; sha256: string }[];

/** Compares with every known key in constant time, so that neither a near miss nor its place in the list shows. */
export function adminOf(headers: IncomingHttpHeaders, keys: AdminKeys): string | undefined {
  const token = bearerToken(headers);
  if (token === undefined) return undefined;
  const digest = hash('sha256', token, 'buffer');
  let name: string | undefined;
  for (const key of keys) {
    if (timingSafeEqual(Buffer.from(key.sha256, 'hex'), digest)) name = key.name;
  }
  return name;
}
