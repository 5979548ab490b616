/** The provider's door: what is signed by it is stored once; anything else is refused before it is read, and changes nothing. */
import { createHmac, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { receiveEvent } from '../../src/features/payments/receive-event.ts';
import { createStripePayments } from '../../src/payments/stripe.ts';
import { inTransaction } from '../../src/persistence/database.ts';
import { send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { type Site, startSite } from '../support/site.ts';

const [current, former, stranger] = ['whsec_current', 'whsec_former', 'whsec_of_another_endpoint'];
let site: Site;
let live: Site;
beforeAll(async () => {
  const start = async (secretKey: string) =>
    startSite(
      await freshDatabase(),
      {},
      undefined,
      createStripePayments({ secretKey, webhookSecrets: [current, former] }),
    );
  [site, live] = await Promise.all([start('sk_test_1'), start('sk_live_1')]);
});
afterAll(async () => {
  await Promise.all([site.stop(), live.stop()]);
  expect([...site.errors, ...live.errors]).toEqual([]);
});

const now = () => Math.floor(Date.now() / 1_000);
const eventText = (more: object = {}) =>
  JSON.stringify({
    id: `evt_${randomUUID()}`,
    object: 'event',
    type: 'customer.created',
    created: now() - 3,
    livemode: false,
    data: { object: { id: 'cus_1', object: 'customer' } },
    ...more,
  });
const mac = (text: string | Buffer, secret: string, at: number) =>
  createHmac('sha256', secret).update(`${at}.`).update(text).digest('hex');
const signed = (text: string | Buffer, secret: string = current, at = now()) =>
  `t=${at},v1=${mac(text, secret, at)}`;

const post = (raw: string | Buffer, signature?: string, to = site) =>
  send(to, '/v1/webhooks/stripe', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature === undefined ? {} : { 'stripe-signature': signature }),
    },
    raw,
  });

const rows = (of = site) =>
  inTransaction(of.ctx.db, { role: 'worker', readOnly: true }, async (tx) => {
    const { rows } = await sql<{ id: string; outcome: string | null; jobs: number }>`
      select e.id, e.outcome, (select count(*)::int from graphile_worker._private_jobs j
        where j.payload ->> 'event' = e.id) as jobs from ticketing.stripe_events e order by e.received_at`.execute(
      tx,
    );
    return rows;
  });

describe('what is not the provider’s is refused, and nothing is stored', () => {
  const body = eventText();
  const cut = (text: string) => text.slice(0, -1);
  const table: [string, string | Buffer, string | undefined][] = [
    ['no signature', body, undefined],
    ['an empty one', body, ''],
    ['nonsense', body, 'nonsense'],
    ['no time', body, `v1=${mac(body, current, now())}`],
    ['a time that is no number', body, `t=soon,v1=${mac(body, current, now())}`],
    ['two times', body, `t=${now()},t=${now() - 1},v1=${mac(body, current, now())}`],
    ['no digest', body, `t=${now()}`],
    ['an older scheme only', body, `t=${now()},v0=${mac(body, current, now())}`],
    ['a digest of another body', body, signed(eventText())],
    ['a digest that is cut', body, cut(signed(body))],
    ['a digest in capitals', body, signed(body).toUpperCase().replace('T=', 't=').replace('V1=', 'v1=')],
    ['another endpoint’s secret', body, signed(body, stranger)],
    ['a forged digest', body, `t=${now()},v1=${'0'.repeat(64)}`],
    ['301 s old', body, signed(body, current, now() - 302)],
    ['from the future', body, signed(body, current, now() + 330)],
    ['the time moved, the digest not', body, signed(body).replace(/t=\d+/, `t=${now() + 1}`)],
    ['re-serialised', JSON.stringify(JSON.parse(body), null, 2), signed(body)],
    ['one byte more', `${body}\n`, signed(body)],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(body)]), signed(body)],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), signed(Buffer.from([0x7b, 0xff, 0x7d]))],
    ['an empty body', '', signed('')],
  ];
  test.each(table)('%s', async (_, raw, signature) => {
    const reply = await post(raw, signature);
    expect([reply.status, reply.body.code]).toEqual([400, 'webhook_signature_invalid']);
  });

  test.each([
    ['text', 'not json'],
    ['a number', '1'],
    ['no event', '{"object":"balance"}'],
    ['an event without a type', JSON.stringify({ ...JSON.parse(body), type: undefined })],
  ])('signed, and still no event: %s', async (_, text) => {
    const reply = await post(text, signed(text));
    expect([reply.status, reply.body.code]).toEqual([400, 'body_not_json']);
  });

  test('more than a megabyte', async () => {
    const text = eventText({ filler: 'x'.repeat(1024 * 1024) });
    const reply = await post(text, signed(text));
    expect([reply.status, reply.body.code]).toEqual([413, 'body_too_large']);
  });

  test('nothing of all that is there', async () => {
    expect(await rows()).toEqual([]);
  });
});

describe('what is the provider’s', () => {
  test('is stored once with its job, however often and at once it comes', async () => {
    const text = eventText();
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(text, signed(text))));
    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(replies.filter(({ body }) => body.received === 'stored').length).toBe(1);
    expect(replies.filter(({ body }) => body.received === 'duplicate').length).toBe(19);
    const { id } = JSON.parse(text);
    expect((await rows()).filter((row) => row.id === id)).toEqual([{ id, outcome: null, jobs: 1 }]);
  });

  test.each([
    ['the current secret', (text: string) => signed(text, current)],
    ['the former one, while they are exchanged', (text: string) => signed(text, former)],
    ['both at once', (text: string) => `${signed(text, stranger)},v1=${mac(text, current, now())}`],
    ['four minutes old', (text: string) => signed(text, current, now() - 240)],
  ])('signed by %s', async (_, sign) => {
    const text = eventText();
    const reply = await post(text, sign(text));
    expect([reply.status, reply.body]).toEqual([200, { received: 'stored' }]);
  });

  test('of the other mode is answered, kept as ignored, and nobody acts on it', async () => {
    const liveEvent = eventText({ livemode: true });
    expect((await post(liveEvent, signed(liveEvent))).body).toEqual({ received: 'ignored' });
    const testEvent = eventText();
    expect((await post(testEvent, signed(testEvent), live)).body).toEqual({ received: 'ignored' });
    for (const [of, text] of [
      [site, liveEvent],
      [live, testEvent],
    ] as const) {
      const { id } = JSON.parse(text);
      expect((await rows(of)).find((row) => row.id === id)).toEqual({
        id,
        outcome: 'livemode_differs',
        jobs: 0,
      });
    }
  });

  test('what could not be stored is taken when it comes again', async () => {
    const { db, payments } = site.ctx;
    const text = eventText();
    const read = payments.readWebhook(Buffer.from(text), signed(text), Date.now());
    if (read.status !== 'event') throw new Error(read.status);
    const rename = (from: string, to: string) =>
      inTransaction(db, { role: 'owner' }, (tx) =>
        sql`alter table ${sql.table(`ticketing.${from}`)} rename to ${sql.ref(to)}`.execute(tx),
      );
    await rename('stripe_events', 'stripe_events_away');
    try {
      await expect(receiveEvent({ db, payments }, read.event, 'webhook')).rejects.toThrow();
    } finally {
      await rename('stripe_events_away', 'stripe_events');
    }
    expect((await post(text, signed(text))).body).toEqual({ received: 'stored' });
    const { id } = JSON.parse(text);
    expect((await rows()).filter((row) => row.id === id)).toEqual([{ id, outcome: null, jobs: 1 }]);
  });

  test('is counted by type and outcome, and other types share one series', async () => {
    const text = eventText({ type: `made.up.${randomUUID()}` });
    await post(text, signed(text));
    const figures = (await send(site, '/metrics')).text;
    expect(figures).toMatch(/holdfast_webhooks_total\{type="other",outcome="stored"\} [1-9]/);
    expect(figures).toMatch(/holdfast_webhooks_total\{type="other",outcome="refused"\} 2[0-9]/);
    expect(figures).not.toContain('made.up');
  });
});
