import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { UserId } from '../domain/ids.ts';
import { adminOf, createSessions, sessionOf } from './auth.ts';

const user = '01900000-0000-7000-8000-000000000001' as UserId;
const key = Buffer.alloc(32, 1);
const later = Buffer.alloc(32, 2);

function sessionsAt(state: { now: number }, keys = [key]) {
  return createSessions({ keys, ttlMs: 60_000, now: () => state.now });
}

describe('session tokens', () => {
  test('stand for the person they were issued to, until they are over', () => {
    const state = { now: 1_000_000 };
    const sessions = sessionsAt(state);
    const { token, expiresAt } = sessions.issue(user);
    expect(sessions.verify(token)).toEqual({ user, expiresAt });
    state.now = expiresAt - 1;
    expect(sessions.verify(token)?.user).toBe(user);
    state.now = expiresAt;
    expect(sessions.verify(token)).toBeUndefined();
  });

  test('are refused with any one character changed, after a good one was remembered too', () => {
    const sessions = sessionsAt({ now: 1_000_000 });
    const { token } = sessions.issue(user);
    sessions.verify(token);
    const forged = [...token].map(
      (old, at) => token.slice(0, at) + (old === '1' ? '2' : '1') + token.slice(at + 1),
    );
    expect(forged.filter((text) => sessions.verify(text))).toEqual([]);
    // The last character of 32 bytes in base64url has 2 bits to spare: four characters spell the same bytes, and one is right.
    const last = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
    expect(last.filter((end) => sessions.verify(token.slice(0, -1) + end))).toEqual([token.at(-1)]);
    expect(
      ['', '.', `${token}.`, token.slice(1), `x${token}`, `${token}\0`].filter((t) => sessions.verify(t)),
    ).toEqual([]);
  });

  test('survive a new signing key for as long as the old one is known', () => {
    const state = { now: 1_000_000 };
    const { token } = sessionsAt(state).issue(user);
    expect(sessionsAt(state, [later, key]).verify(token)?.user).toBe(user);
    expect(sessionsAt(state, [later]).verify(token)).toBeUndefined();
  });
});

describe('the session of a request', () => {
  const sessions = sessionsAt({ now: 1_000_000 });
  const { token } = sessions.issue(user);
  const cookie = `theme=dark; holdfast_session=${token}`;
  const rows: [string, string, Record<string, string>, boolean][] = [
    ['bearer', 'POST', { authorization: `Bearer ${token}` }, true],
    ['bearer, any case', 'POST', { authorization: `bearer  ${token}` }, true],
    ['another scheme', 'POST', { authorization: `Basic ${token}` }, false],
    ['a bad header beside a good cookie', 'GET', { authorization: 'Bearer x', cookie }, false],
    ['cookie, reading', 'GET', { cookie, origin: 'https://evil.example' }, true],
    ['cookie, our page', 'POST', { cookie, 'sec-fetch-site': 'same-origin' }, true],
    [
      'cookie, our page by Origin',
      'POST',
      { cookie, origin: 'https://tickets.example', host: 'tickets.example' },
      true,
    ],
    ['cookie, no browser', 'POST', { cookie }, true],
    ['cookie, another site', 'POST', { cookie, 'sec-fetch-site': 'cross-site' }, false],
    ['cookie, a sibling site', 'DELETE', { cookie, 'sec-fetch-site': 'same-site' }, false],
    [
      'cookie, another Origin',
      'POST',
      { cookie, origin: 'https://evil.example', host: 'tickets.example' },
      false,
    ],
    ['cookie, Origin null', 'POST', { cookie, origin: 'null', host: 'tickets.example' }, false],
    ['nothing', 'GET', {}, false],
  ];
  test.each(rows)('%s: %s', (_, method, headers, counts) => {
    expect(sessionOf(headers, method, sessions)?.user).toBe(counts ? user : undefined);
  });
});

test('an administrator is known by a key, and only by the whole of it', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const keys = [
    { name: 'first', sha256: sha256('sk_one') },
    { name: 'second', sha256: sha256('sk_two') },
  ];
  const who = (text: string) => adminOf({ authorization: `Bearer ${text}` }, keys);
  expect([who('sk_one'), who('sk_two'), who('sk_on'), who('sk_one1')]).toEqual([
    'first',
    'second',
    undefined,
    undefined,
  ]);
  expect(adminOf({}, keys)).toBeUndefined();
});
