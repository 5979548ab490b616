/** Bad input over the socket, a row each: the documented answer, and the next client is served as before. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRealtimeLimits } from '../../src/realtime/limits.ts';
import { type CloseReason, closeCodes } from '../../src/realtime/protocol.ts';
import { type LiveRow, liveRows, sub } from '../support/bad-input/live-rows.ts';
import { onSale, person, type Show } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { eventually } from '../support/holdfast.ts';
import { type Live, openSocket, startLive, watch } from '../support/live.ts';
import { type Site, startSite } from '../support/site.ts';

const { subscriptionsMax, connectionsPerUserMax } = defaultRealtimeLimits;
let site: Site;
let live: Live;
let show: Show;
let draft: Show;

beforeAll(async () => {
  site = await startSite(await freshDatabase());
  live = await startLive(site);
  show = await onSale(site, [10]);
  draft = await onSale(site, [10], {}, false);
});
afterAll(async () => {
  await live?.stop();
  await site?.stop();
  expect(live.errors).toEqual([]);
  expect(site.errors).toEqual([]);
});

test.each(liveRows)('$what', async ({ say, error, close }) => {
  const fan = await watch(live.url);
  await say(fan, { open: show, draft });
  if (error) {
    const answer = await fan.got('the error', (message) => message.id === 9);
    expect(answer.error?.code).toBe(error);
    expect(await fan.subscribe(`event:${show.id}`)).toHaveProperty('sub.snapshot');
    await fan.close();
  } else {
    const code = typeof close === 'string' ? closeCodes[close] : close;
    expect((await fan.closed()).code).toBe(code);
    if (typeof close === 'string') {
      expect(fan.messages.at(-1)?.disconnect).toMatchObject({ code, reason: close });
    }
  }
  const next = await watch(live.url);
  expect(await next.subscribe(`avail:${show.id}`)).toHaveProperty('sub.snapshot');
  await next.close();
});

/** Said before any hello. */
test.each<LiveRow>([
  { what: 'a subscribe', say: (fan) => fan.send(sub(9, `avail:${show.id}`)), error: 'hello_required' },
  {
    what: 'a token that is none',
    say: (fan) => fan.send({ id: 9, hello: { client: 'x', token: 'ses_x' } }),
    close: 'invalid_token',
  },
  { what: 'garbage', say: (fan) => fan.send('\u0000'), close: 'bad_request' },
])('$what before the hello', async ({ say, error, close }) => {
  const fan = await openSocket(live.url);
  await say(fan, { open: show, draft });
  if (error) {
    expect((await fan.got('the error', (message) => message.id === 9)).error.code).toBe(error);
    await fan.close();
  } else expect((await fan.closed()).code).toBe(closeCodes[close as CloseReason]);
});

test.each(['ping', 'pong'] as const)(
  'who floods on with %ss after 3013 is not read any more',
  async (kind) => {
    const fan = await watch(live.url);
    const filler = Buffer.alloc(125);
    // Until more waits here than what a server that reads would leave: the system between the two keeps some megabytes.
    for (let n = 1; n <= 250_000 && fan.ws.bufferedAmount < 1024 * 1024; n++) {
      fan.ws[kind](filler);
      if (n % 1_000 === 0) await pause(5);
    }
    await fan.got('the disconnect', (message) => message.disconnect?.code === closeCodes.too_many_requests);
    await pause(500);
    // What the system between the two still takes has an end; a server that reads on would take all of it.
    let unread = fan.ws.bufferedAmount;
    await eventually('nothing more is taken', async () => {
      const before = unread;
      await pause(200);
      unread = fan.ws.bufferedAmount;
      return unread === before;
    });
    expect(unread).toBeGreaterThan(0);
    fan.ws.terminate();
  },
);

test('more subscriptions than a socket may have', async () => {
  const fan = await watch(live.url);
  const shows: Show[] = [];
  for (let n = 0; n < subscriptionsMax / 2; n++) shows.push(await onSale(site, [1]));
  for (const { id } of shows) {
    for (const kind of ['avail', 'event']) expect(await fan.subscribe(`${kind}:${id}`)).toHaveProperty('sub');
  }
  expect((await fan.subscribe(`avail:${show.id}`)).error.code).toBe('subscriptions_max');
  await fan.ask({ unsub: { ch: `avail:${shows[0]?.id}` } });
  expect(await fan.subscribe(`avail:${show.id}`)).toHaveProperty('sub');
  await fan.close();
});

test('more sockets than a session may have', async () => {
  const { token } = await person(site);
  const fans = await Promise.all(
    Array.from({ length: connectionsPerUserMax }, () => watch(live.url, { token })),
  );
  const one = await openSocket(live.url);
  one.send({ id: 1, hello: { client: 'x', token } });
  expect((await one.closed()).code).toBe(closeCodes.connection_limit);
  await fans[0]?.close();
  const again = await watch(live.url, { token });
  await Promise.all([...fans.slice(1), again].map((fan) => fan.close()));
});
