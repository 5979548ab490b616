/** The recorder itself: each way in which an answer can leave the document is noticed, whoever asks. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { type Exchange, faultsOf } from './document.ts';
import { announce, answersHeard, takeFaults } from './recorder.ts';

const id = '019aebc4-1c00-7000-8000-000000000001';
const money = { amount: 100, currency: 'EUR' };
const hold = {
  id: `hold_${id}`,
  eventId: `evt_${id}`,
  state: 'active',
  items: [{ tierId: `tier_${id}`, quantity: 1, unitPrice: money }],
  total: money,
  expiresAt: '2031-01-01T00:00:00.000Z',
  extensionsLeft: 10,
  serverNow: '2031-01-01T00:00:00.000Z',
};
const problem = {
  type: '/problems#tier_sold_out',
  title: 'Sold out',
  status: 409,
  detail: 'Sold out',
  instance: '/',
  code: 'tier_sold_out',
  traceId: '0'.repeat(32),
};
const held: Exchange = {
  method: 'POST',
  target: `/v1/events/evt_${id}/holds`,
  status: 201,
  headers: { 'content-type': 'application/json', location: `/v1/holds/hold_${id}` },
  body: Buffer.from(JSON.stringify(hold)),
};
const refused: Exchange = {
  ...held,
  status: 409,
  headers: { 'content-type': 'application/problem+json' },
  body: Buffer.from(JSON.stringify(problem)),
};
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

test('good answers are good', () => {
  expect([held, refused].flatMap(faultsOf)).toEqual([]);
  expect(faultsOf({ ...held, headers: { ...held.headers, 'idempotency-replayed': 'true' } })).toEqual([]);
});

test.each<[string, Exchange, RegExp]>([
  ['path', { ...held, target: '/v1/secret' }, /address is not documented/],
  ['method', { ...held, method: 'PUT' }, /method is not documented/],
  ['status', { ...held, status: 202 }, /status is not documented/],
  ['content type', { ...held, headers: { ...held.headers, 'content-type': 'text/plain' } }, /content type/],
  ['missing header', { ...held, headers: { 'content-type': 'application/json' } }, /Location is missing/],
  ['header', { ...held, headers: { ...held.headers, 'idempotency-replayed': '1' } }, /Replayed is 1/],
  ['missing field', { ...held, body: json({ ...hold, total: undefined }) }, /total/],
  ['field too many', { ...held, body: json({ ...hold, buyer: 'x' }) }, /additional.*buyer/],
  ['field too many inside', { ...held, body: json({ ...hold, total: { ...money, tax: 1 } }) }, /tax/],
  ['type', { ...held, body: json({ ...hold, extensionsLeft: '10' }) }, /extensionsLeft/],
  ['body that is not JSON', { ...held, body: Buffer.from('<html>') }, /not JSON/],
  ['code of another operation', { ...refused, body: json({ ...problem, code: 'event_has_holds' }) }, /code/],
  ['code of another status', { ...refused, body: json({ ...problem, code: 'tier_unknown' }) }, /code/],
  ['status in the body', { ...refused, body: json({ ...problem, status: 410 }) }, /status/],
  ['problem with a field too many', { ...refused, body: json({ ...problem, stack: 'at' }) }, /unevaluated/],
  [
    'body where there is none',
    { ...held, method: 'DELETE', target: `/v1/holds/hold_${id}`, status: 204 },
    /there is a body/,
  ],
  [
    'limit without time',
    { ...refused, status: 429, body: json({ ...problem, status: 429, code: 'rate_limited' }) },
    /Retry-After is missing/,
  ],
  [
    'Allow',
    {
      ...refused,
      method: 'PUT',
      status: 405,
      headers: { ...refused.headers, allow: 'GET' },
      body: json({ ...problem, status: 405, code: 'method_not_allowed' }),
    },
    /Allow is GET/,
  ],
])('another %s than documented is a fault', (_, exchange, fault) => {
  expect(faultsOf(exchange).join('\n')).toMatch(fault);
});

test('whatever a server answers is heard, however it is written and whoever asks', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"token":');
    response.end('"x"}');
  });
  announce(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const before = answersHeard();
  await (
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/sessions`, { method: 'POST' })
  ).text();
  await new Promise((resolve) => server.close(resolve));
  expect(answersHeard()).toBe(before + 1);
  expect(await takeFaults()).toEqual([
    expect.stringMatching(/POST \/v1\/sessions answered 200: this status is not/),
  ]);
});
