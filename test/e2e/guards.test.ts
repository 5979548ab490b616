/** Who may call, from where and how often: keys and their scopes, limits and their headers, other origins, people of an issuer. */
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKey } from '../../src/features/keys/create.ts';
import { createKeyFinder } from '../../src/features/keys/find.ts';
import { listKeys } from '../../src/features/keys/list.ts';
import { revokeKey } from '../../src/features/keys/revoke.ts';
import { createSubjects, keySet } from '../../src/server/jwt.ts';
import { createLimits } from '../../src/server/limits/limits.ts';
import { keyOf } from '../support/bad-input/world.ts';
import { admin, hold, onSale, person, type Reply, type Show, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { type Site, startSite } from '../support/site.ts';

const issuer = 'https://login.example';
const quotas = { holds: 5, address: 40, sessions: 3, keys: 6, 'sign-ins': 4 };
const windowMs = 60_000;
/** Moves the clock of limits and keys: a test need not wait for a window to be over. */
let aheadMs = 0;
const later = () => Date.now() + aheadMs;

let site: Site;
let show: Show;
let signer: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  signer = await generateKeyPair('ES256');
  const keys = keySet({
    set: { keys: [{ ...(await exportJWK(signer.publicKey)), kid: 'one', alg: 'ES256' }] },
  });
  site = await startSite(await freshDatabase(), {}, ({ redis, db, now }) => ({
    findKey: createKeyFinder(db, later),
    limits: createLimits({ quotas, windowMs, proxies: 1, loopback: false, redis, now: later }),
    subjects: createSubjects({ issuer, audience: 'tickets', keys, now }),
    corsOrigins: new Set(['https://tickets.example']),
    securityContact: 'mailto:security@example.com',
  }));
  aheadMs += windowMs;
  show = await onSale(site, [1_000]);
  aheadMs += windowMs;
});

afterAll(async () => {
  await site.stop();
  expect(site.errors).toEqual([]);
});

const from = (address: string) => ({ 'x-forwarded-for': `203.0.113.9, ${address}` });
const tried = async (times: number, ask: () => Promise<Reply>) => {
  const replies: Reply[] = [];
  for (let n = 0; n < times; n++) replies.push(await ask());
  return replies;
};
const left = (reply: Reply | undefined) => reply?.headers.get('ratelimit');

test('a session that asks too often is told when to come back, and the next one is not', async () => {
  const [who, other] = [await person(site), await person(site)];
  const replies = await tried(7, () => hold(site, who, show, 1));
  expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 429, 429]);
  expect(left(replies[0])).toMatch(/^"holds";r=4;t=60$/);
  expect(replies[0]?.headers.get('ratelimit-policy')).toBe('"holds";q=5;w=60');
  const last = replies.at(-1);
  expect(last?.body).toMatchObject({
    type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
    code: 'rate_limited',
    'violated-policies': ['holds'],
  });
  const t = Number(/t=(\d+)/.exec(left(last) ?? '')?.[1]);
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThanOrEqual(t);
  expect((await hold(site, other, show, 1)).status).toBe(201);
  aheadMs += windowMs;
  expect((await hold(site, who, show, 1)).status).toBe(201);
});

test('new sessions are counted by the address the proxy saw, whatever the client writes in front', async () => {
  const begin = (headers: Record<string, string>) => send(site, '/v1/sessions', { method: 'POST', headers });
  const replies = await tried(4, () => begin({ 'x-forwarded-for': `${randomUUID()}, 198.51.100.7` }));
  expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 429]);
  expect(replies.at(-1)?.body['violated-policies']).toEqual(['sessions']);
  expect((await begin(from('198.51.100.8'))).status).toBe(201);
  const six = await tried(2, () => begin(from('2001:db8:1:2::1')));
  const neighbor = await tried(2, () => begin(from('2001:db8:1:2:ffff::9')));
  expect([...six, ...neighbor].map(({ status }) => status)).toEqual([201, 201, 201, 429]);
});

test('an address is counted over all of /v1, and not where operators look; this machine is not counted', async () => {
  const address = from('198.51.100.99');
  const events = await tried(30, () => send(site, '/v1/events', { headers: address }));
  const nothing = await tried(11, () => send(site, '/v1/nothing', { headers: address }));
  expect(new Set(events.map(({ status }) => status))).toEqual(new Set([200]));
  expect(nothing.map(({ status }) => status)).toEqual([...Array(10).fill(404), 429]);
  expect((await send(site, '/livez', { headers: address })).status).toBe(200);
  const local = await tried(45, () => send(site, '/v1/events'));
  expect(local.filter(({ status }) => status !== 200)).toEqual([]);
});

test('a key does what its scopes say, is counted, and ends within seconds of being revoked', async () => {
  const name = `till-${randomUUID()}`;
  const made = await createKey(site.ctx.db, { name, scopes: ['events:read', 'audit:read'] }, Date.now());
  if (made.status !== 'created') throw new Error(made.status);
  const headers = { authorization: `Bearer ${made.key}` };
  const ask = (path: string, method = 'GET') =>
    send(site, `/v1/admin/events${path}`, {
      method,
      headers: { ...headers, 'idempotency-key': randomUUID() },
    });
  expect((await ask('')).status).toBe(200);
  expect((await ask(`/${show.id}/audit`)).status).toBe(200);
  const refused = await ask(`/${show.id}/pause`, 'POST');
  expect([refused.status, refused.body.scopes]).toEqual([403, ['inventory:write']]);
  const more = await tried(4, () => ask(''));
  expect(more.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(more.at(-1)?.body['violated-policies']).toEqual(['keys']);
  expect(await revokeKey(site.ctx.db, name)).toEqual({ status: 'revoked' });
  expect(await revokeKey(site.ctx.db, name)).toEqual({ status: 'key_unknown' });
  aheadMs += 5_001;
  expect((await ask('')).body.code).toBe('admin_key_required');
  const listed = await listKeys(site.ctx.db);
  expect(JSON.stringify(listed)).not.toContain(made.key);
  expect(listed.find((key) => key.name === name)?.revokedAt).toBeInstanceOf(Date);
  expect(await createKey(site.ctx.db, { name, scopes: ['events:read'] }, Date.now())).toEqual({
    status: 'name_taken',
  });
});

test('texts and stock of a tier are two scopes', async () => {
  const path = `/v1/admin/events/${show.id}/tiers/${show.tiers[0]}`;
  const change = async (key: string, json: object) =>
    (
      await send(site, path, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${key}`, 'idempotency-key': randomUUID(), 'if-match': '*' },
        json,
      })
    ).status;
  const [texts, stock] = [await keyOf(site, ['events:write']), await keyOf(site, ['inventory:write'])];
  expect([await change(texts, { name: 'Floor' }), await change(texts, { price: 1 })]).toEqual([200, 403]);
  expect([await change(stock, { name: 'Floor' }), await change(stock, { price: 1 })]).toEqual([403, 200]);
});

type Claims = {
  sub?: string;
  iss?: string;
  aud?: string;
  exp?: number | string;
  alg?: string;
  key?: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'] | Uint8Array;
};

function jwt(claims: Claims = {}): Promise<string> {
  const {
    sub = 'ada',
    iss = issuer,
    aud = 'tickets',
    exp = '5m',
    alg = 'ES256',
    key = signer.privateKey,
  } = claims;
  const token = new SignJWT({}).setProtectedHeader({ alg, kid: 'one' }).setIssuer(iss).setAudience(aud);
  return token.setSubject(sub).setExpirationTime(exp).sign(key);
}

test('a subject of the issuer is one buyer, with whichever token', async () => {
  const as = async (claims: Claims) => ({
    token: '',
    headers: { authorization: `Bearer ${await jwt(claims)}` },
  });
  const [ada, adaLater, bob] = [await as({}), await as({ exp: '6m' }), await as({ sub: 'bob' })];
  const held = await hold(site, ada, show, 1);
  expect(held.status).toBe(201);
  const see = async (who: { headers: Record<string, string> }) =>
    (await send(site, `/v1/holds/${held.body.id}`, { headers: who.headers })).status;
  expect([await see(ada), await see(adaLater), await see(bob)]).toEqual([200, 200, 404]);
});

test.each<[string, () => Promise<string>]>([
  ['of another issuer', () => jwt({ iss: 'https://evil.example' })],
  ['for another audience', () => jwt({ aud: 'shop' })],
  ['that is over', () => jwt({ exp: Math.floor(Date.now() / 1_000) - 60 })],
  ['of another key', async () => jwt({ key: (await generateKeyPair('ES256')).privateKey })],
  ['signed with a symmetric key', () => jwt({ alg: 'HS256', key: new Uint8Array(32) })],
  [
    'that is not signed',
    async () => {
      const [, payload] = (await jwt()).split('.');
      return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    },
  ],
  ['cut off', async () => (await jwt()).slice(0, -4)],
  ['that is huge', async () => `${await jwt({ sub: 'x'.repeat(6_000) })}`],
])('a token %s is nobody', async (_, token) => {
  const reply = await hold(
    site,
    { token: '', headers: { authorization: `Bearer ${await token()}` } },
    show,
    1,
  );
  expect([reply.status, reply.body.code]).toEqual([401, 'session_required']);
});

test('a page of an allowed origin may call, and asks beforehand; another may not', async () => {
  const ask = (origin: string) =>
    send(site, `/v1/events/${show.id}/holds`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  const allowed = await ask('https://tickets.example');
  expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([
    204,
    'https://tickets.example',
  ]);
  expect(allowed.headers.get('access-control-allow-methods')).toBe('POST');
  expect(allowed.headers.get('access-control-allow-headers')).toContain('idempotency-key');
  expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
  const other = await ask('https://evil.example');
  expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([405, null]);
  const who = await person(site);
  const headers = { ...who.headers, origin: 'https://tickets.example' };
  const held = await hold(site, { ...who, headers }, show, 1);
  expect([held.status, held.headers.get('access-control-allow-origin')]).toEqual([
    201,
    'https://tickets.example',
  ]);
  expect(held.headers.get('vary')).toBe('origin');
  const cookie = { cookie: `holdfast_session=${who.token}`, origin: 'https://tickets.example' };
  expect((await hold(site, { ...who, headers: cookie }, show, 1)).body.code).toBe('session_required');
});

test('the interface explains itself, without script and without anybody else', async () => {
  const document = await send(site, '/openapi.json');
  expect(document.body).toMatchObject({ openapi: '3.1.0', info: { version: 'test' } });
  const again = await send(site, '/openapi.json', {
    headers: { 'if-none-match': document.headers.get('etag') ?? '' },
  });
  expect([again.status, again.text]).toEqual([304, '']);
  for (const path of ['/docs', '/problems']) {
    const page = await send(site, path);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.text).not.toMatch(/<script|src=|https?:\/\/(?!iana|127)[a-z.]+\/.*\.(js|css)/);
  }
  expect((await send(site, '/docs')).text).toContain('id="reserve"');
  expect((await send(site, '/problems')).text).toContain('<h2 id="tier_sold_out">');
  const contact = await send(site, '/.well-known/security.txt');
  expect(contact.text).toMatch(/^Contact: mailto:security@example.com\nExpires: \d{4}-.*T00:00:00.000Z\n/);
  expect((await admin(site, 'GET', '/events')).status).toBe(200);
});
