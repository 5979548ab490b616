/** A person and an organizer, speaking HTTP. */
import { randomUUID } from 'node:crypto';
import { adminKey, type Site } from './site.ts';

export type Reply = {
  status: number;
  headers: Headers;
  text: string;
  /** Whatever JSON came back; a test that asks for what is not there fails by itself. */
  body: ReturnType<typeof JSON.parse>;
};

export type Send = {
  method?: string;
  headers?: Record<string, string>;
  json?: unknown;
  raw?: string | Uint8Array;
};

export async function send(site: Site, path: string, request: Send = {}): Promise<Reply> {
  const body = request.raw ?? (request.json === undefined ? undefined : JSON.stringify(request.json));
  const response = await fetch(site.url + path, {
    method: request.method ?? 'GET',
    headers: {
      ...(request.json === undefined ? undefined : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(body === undefined ? undefined : { body }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

export type Person = { token: string; headers: Record<string, string> };

export async function person(site: Site): Promise<Person> {
  const reply = await send(site, '/v1/sessions', { method: 'POST' });
  const token: string = reply.body.token;
  return { token, headers: { authorization: `Bearer ${token}` } };
}

export function admin(
  site: Site,
  method: string,
  path: string,
  json?: unknown,
  key: string = randomUUID(),
): Promise<Reply> {
  return send(site, `/v1/admin${path}`, {
    method,
    headers: {
      authorization: `Bearer ${adminKey}`,
      'idempotency-key': key,
      ...(method === 'PATCH' ? { 'if-match': '*' } : undefined),
    },
    ...(json === undefined ? undefined : { json }),
  });
}

export type Show = { id: string; tiers: string[] };

/** An event on sale. `tiers`: capacities, or whole tiers. */
export async function onSale(
  site: Site,
  tiers: (number | object)[],
  more: object = {},
  publish = true,
): Promise<Show> {
  const about = {
    name: 'A night out',
    startsAt: '2031-01-01T20:00:00Z',
    currency: 'EUR',
    tiers: tiers.map((tier, index) => ({
      name: `Tier ${index}`,
      price: 2_500,
      ...(typeof tier === 'number' ? { capacity: tier } : tier),
    })),
    ...more,
  };
  const key = randomUUID();
  const made = await decided(() => admin(site, 'POST', '/events', about, key));
  if (made.status !== 201) throw new Error(`event not made: ${made.text}`);
  if (publish) {
    const path = `/events/${made.body.id}/publish`;
    const published = await decided(() => admin(site, 'POST', path, undefined, key));
    if (published.status !== 200) throw new Error(`event not published: ${published.text}`);
  }
  return { id: made.body.id, tiers: made.body.tiers.map((tier: { id: string }) => tier.id) };
}

export function hold(
  site: Site,
  who: Person,
  show: Show,
  quantity: number,
  key: string = randomUUID(),
  tier = 0,
) {
  return send(site, `/v1/events/${show.id}/holds`, {
    method: 'POST',
    headers: { ...who.headers, 'idempotency-key': key },
    json: { items: [{ tierId: show.tiers[tier], quantity }] },
  });
}

export async function audited(site: Site, show: Show) {
  const reply = await admin(site, 'GET', `/events/${show.id}/audit`);
  if (reply.status !== 200) throw new Error(`no audit: ${reply.text}`);
  return reply.body;
}

/** What a client has to do: a 503 says that the same request, under the same key, may be sent again. */
export async function decided(ask: () => Promise<Reply>, attemptsMax = 10): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    const reply = await ask();
    if (reply.status !== 503 || attempt === attemptsMax) return reply;
  }
}
