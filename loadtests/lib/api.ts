/** The HTTP interface of Holdfast as a load test uses it. */
import { sleep } from 'k6';
import http, { type RefinedResponse } from 'k6/http';
import { adminKey, baseUrl } from './settings.ts';

/** A refusal is an answer: only what says that the server failed counts as a failed request. */
export function expectRefusals(): void {
  http.setResponseCallback(http.expectedStatuses({ min: 200, max: 399 }, 409, 429));
}

export type Reply = { status: number; code: string; body: string };

function replyOf(response: RefinedResponse<'text'>): Reply {
  const body = response.body ?? '';
  const code = response.status >= 400 ? (/"code":"([a-z_]+)"/.exec(body)?.[1] ?? '') : '';
  return { status: response.status, code, body };
}

/** `name` groups requests in the figures: an address with an id in it would be a series of its own. */
function headersOf(name: string, token?: string, key?: string) {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  if (key !== undefined) headers['idempotency-key'] = key;
  // A jar of its own: with the cookie of the one before, a new session would be the same person again.
  const jar = new http.CookieJar();
  return { headers, jar, tags: { name }, timeout: '30s', responseType: 'text' as const };
}

export function hold(event: string, tier: string, quantity: number, token: string, key: string): Reply {
  const body = JSON.stringify({ items: [{ tierId: tier, quantity }] });
  const url = `${baseUrl}/v1/events/${event}/holds`;
  return replyOf(http.post(url, body, headersOf('hold', token, key)));
}

/** Tokens of people, each a new one. */
export function sessions(count: number): string[] {
  const perBatch = 50;
  const tokens: string[] = [];
  while (tokens.length < count) {
    const requests = Array.from({ length: Math.min(perBatch, count - tokens.length) }, () => ({
      method: 'POST',
      url: `${baseUrl}/v1/sessions`,
      params: headersOf('session'),
    }));
    for (const response of http.batch(requests)) {
      const reply = replyOf(response as RefinedResponse<'text'>);
      if (reply.status === 201) tokens.push((JSON.parse(reply.body) as { token: string }).token);
      else if (reply.status !== 429) throw new Error(`no session: ${reply.status} ${reply.body}`);
      else sleep(0.2);
    }
  }
  const distinct = new Set(tokens.map((token) => token.split('.')[0])).size;
  if (distinct !== count) throw new Error(`${count} sessions are ${distinct} people`);
  return tokens;
}

export type Show = { id: string; tier: string };

/** An event on sale with one tier. Needs the administrator's key. */
export function openEvent(name: string, capacity: number): Show {
  const made = administer('POST', '/v1/admin/events', {
    name,
    startsAt: '2099-01-01T20:00:00Z',
    currency: 'EUR',
    tiers: [{ name: 'Standing', price: 2_500, capacity }],
  });
  if (made.status !== 201) throw new Error(`no event: ${made.status} ${made.body}`);
  const { id, tiers } = JSON.parse(made.body) as { id: string; tiers: { id: string }[] };
  const published = administer('POST', `/v1/admin/events/${id}/publish`, {});
  if (published.status !== 200) throw new Error(`not on sale: ${published.status} ${published.body}`);
  return { id, tier: tiers[0]?.id ?? '' };
}

export function administer(method: 'GET' | 'POST', path: string, body: object | null): Reply {
  if (adminKey === undefined) throw new Error('this needs ADMIN_KEY, or ADMIN_KEY_FILE with its path');
  const params = headersOf('admin', adminKey, method === 'POST' ? crypto.randomUUID() : undefined);
  const text = body === null ? null : JSON.stringify(body);
  return replyOf(http.request(method, baseUrl + path, text, params));
}

export type Availability = { tiers: { tierId: string; available: number; held: number; sold: number }[] };

export function availability(event: string): Availability {
  const response = http.get(`${baseUrl}/v1/events/${event}/availability`, headersOf('availability'));
  const reply = replyOf(response);
  if (reply.status !== 200) throw new Error(`no availability: ${reply.status} ${reply.body}`);
  return JSON.parse(reply.body) as Availability;
}
