/** Live values, of a real server over lines that are good and bad. Where time matters, a test moves the client's clock itself. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { admin, hold, onSale, type Person, person, type Show } from '../test/support/client.ts';
import { freshDatabase } from '../test/support/database.ts';
import { fakeClock } from '../test/support/fake-clock.ts';
import { eventually } from '../test/support/holdfast.ts';
import { type Live, startLive } from '../test/support/live.ts';
import { startProxy, type TestProxy } from '../test/support/proxy.ts';
import { type Site, startSite } from '../test/support/site.ts';
import { type Counts, createHoldfast, type Holdfast, type Options, type Sale } from './index.ts';

let site: Site;
let who: Person;
let live: Live;
let proxy: TestProxy;
const clients: Holdfast[] = [];

beforeAll(async () => {
  site = await startSite(await freshDatabase(), { availabilityFreshMs: 1 });
  who = await person(site);
});
afterAll(() => site?.stop());
beforeEach(() => begin());
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await proxy.stop();
  await live.stop();
  expect(live.errors).toEqual([]);
});

async function begin(limits: Parameters<typeof startLive>[1] = {}): Promise<void> {
  live = await startLive(site, limits);
  proxy = await startProxy(live.url);
}

/** The same with a server of other limits. */
async function beginAgain(limits: Parameters<typeof startLive>[1]): Promise<void> {
  await proxy.stop();
  await live.stop();
  await begin(limits);
}

function client(options: Partial<Options> = {}): Holdfast {
  const made = createHoldfast({ baseUrl: proxy.url, WebSocket, name: 'test', ...options });
  clients.push(made);
  return made;
}

type Seen = { values: Counts[]; states: string[]; held(): number | undefined; state(): string | undefined };

function watch(by: Holdfast, show: Pick<Show, 'id'>): Seen & { close(): void } {
  const values: Counts[] = [];
  const states: string[] = [];
  const { close } = by.watch(
    show.id,
    (value) => values.push(value),
    (state, code) => states.push(code === undefined ? state : `${state} ${code}`),
  );
  return { values, states, close, held: () => values.at(-1)?.tiers[0]?.held, state: () => states.at(-1) };
}

const take = async (show: Show, units = 1) => expect((await hold(site, who, show, units)).status).toBe(201);
const sees = (seen: Seen, held: number) => eventually(`${held} are seen`, () => seen.held() === held);
const becomes = (seen: Seen, state: string) =>
  eventually(`it is ${state}; it was ${seen.states}`, () => seen.state() === state);

/** Each value is later than the one before, and none is shown twice. */
function onlyForward({ values }: Seen): void {
  const places = values.map(({ epoch, version }) => epoch * 1e9 + version);
  expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));
}

test('counts and sale come as they change, of two events over one socket', async () => {
  const [one, two] = [await onSale(site, [10]), await onSale(site, [10])];
  const fan = client();
  const seen = [watch(fan, one), watch(fan, two)] as const;
  const sales: Sale[] = [];
  const sale = fan.watchSale(one.id, (value) => sales.push(value));
  await take(one, 2);
  await take(two, 3);
  await sees(seen[0], 2);
  await sees(seen[1], 3);
  expect(seen[0].values.at(-1)).toMatchObject({
    eventId: one.id,
    asOf: expect.any(String),
    tiers: [{ tierId: one.tiers[0], available: 8, held: 2, sold: 0, state: 'available' }],
  });
  await eventually('the sale is seen', () => sales.length > 0);
  await admin(site, 'POST', `/events/${one.id}/pause`);
  await eventually('the pause is seen', () => sales.at(-1)?.saleState === 'paused');
  expect(sale.value?.tiers).toMatchObject([{ tierId: one.tiers[0], name: 'Tier 0', capacity: 10 }]);
  expect(await live.metric('holdfast_ws_connections')).toBe(1);
  expect(seen[0].states).toEqual(['live']);
  for (const each of seen) onlyForward(each);
});

test('who comes later gets the latest at once; who leaves hears nothing more, and the last one closes the socket', async () => {
  const show = await onSale(site, [10]);
  const fan = client();
  const first = watch(fan, show);
  await take(show, 2);
  await sees(first, 2);
  const later = watch(fan, show);
  expect(later.values).toEqual([]);
  await Promise.resolve();
  expect([later.held(), later.states]).toEqual([2, ['live']]);
  first.close();
  await take(show);
  await sees(later, 3);
  expect(first.held()).toBe(2);
  later.close();
  await eventually('the socket is gone', async () => (await live.metric('holdfast_ws_connections')) === 0);
  const again = watch(fan, show);
  await sees(again, 3);
});

test('heartbeats are answered', async () => {
  await beginAgain({ pingMs: 100, pongMs: 300 });
  const seen = watch(client(), await onSale(site, [10]));
  await becomes(seen, 'live');
  const pings = () => live.metric('holdfast_ws_messages_sent_total{kind="ping"}');
  await eventually('many pings', async () => (await pings()) > 10);
  expect(seen.states).toEqual(['live']);
});

test('a line that has gone silent is dead after 35 s; then it resumes, and tells nothing twice', async () => {
  await beginAgain({ pingMs: 25_000 });
  const show = await onSale(site, [10]);
  const clock = fakeClock();
  const seen = watch(client({ clock }), show);
  await take(show, 2);
  await sees(seen, 2);
  const told = seen.values.length;
  proxy.mode = 'stall';
  clock.advance(34_999);
  expect(seen.states).toEqual(['live']);
  clock.advance(1);
  expect(seen.states).toEqual(['live', 'reconnecting']);
  proxy.mode = 'pass';
  // Half of the first wait.
  expect(clock.waiting()).toEqual([250]);
  clock.advance(250);
  await becomes(seen, 'live');
  expect(await live.metric('holdfast_ws_recoveries_total{recovered="true"}')).toBe(1);
  expect(seen.values).toHaveLength(told);
  await take(show);
  await sees(seen, 3);
});

test('a client whose computer slept notices at once', async () => {
  const clock = fakeClock();
  const seen = watch(client({ clock }), await onSale(site, [10]));
  await becomes(seen, 'live');
  clock.advance(3_600_000);
  expect(seen.states[1]).toBe('reconnecting');
});

test('waits between attempts are random up to half a second, doubled to 20 s, and short again after a good connection', async () => {
  const clock = fakeClock();
  // Told apart from every wait.
  const connectTimeoutMs = 12_345;
  const seen = watch(client({ clock, connectTimeoutMs, pollAfterFailures: 1_000 }), await onSale(site, [10]));
  const nextWait = async () => {
    await eventually('it waits', () => clock.waiting().length === 1 && (clock.waiting()[0] ?? 0) <= 10_000);
    return clock.waiting()[0] ?? 0;
  };
  await becomes(seen, 'live');
  proxy.mode = 'refuse';
  proxy.cut();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    waits.push(await nextWait());
    clock.advance(waits.at(-1) ?? 0);
  }
  // Halves: what chance says here.
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  await nextWait();
  proxy.mode = 'pass';
  for (const [livedMs, wait] of [
    [4_999, 10_000],
    [5_000, 250],
  ] as const) {
    clock.advance(10_000);
    await becomes(seen, 'live');
    clock.advance(livedMs);
    proxy.cut();
    expect(await nextWait()).toBe(wait);
  }
});

test('after three failures it polls, and goes back to the socket when that works; no value is older than the last', async () => {
  const show = await onSale(site, [50]);
  const bounds = { reconnectBaseMs: 20, reconnectMaxMs: 100, pollMs: 30 };
  const fan = client(bounds);
  const seen = watch(fan, show);
  await becomes(seen, 'live');
  for (const round of [1, 2]) {
    proxy.mode = 'no_sockets';
    proxy.cut();
    const before = proxy.upgrades;
    await becomes(seen, 'polling');
    expect(proxy.upgrades - before).toBeGreaterThanOrEqual(3);
    await take(show);
    await sees(seen, round * 2 - 1);
    proxy.mode = 'pass';
    await becomes(seen, 'live');
    await take(show);
    await sees(seen, round * 2);
  }
  expect(seen.states).toEqual(['live', ...Array(2).fill(['reconnecting', 'polling', 'live']).flat()]);
  const { requests } = proxy;
  await take(show);
  await sees(seen, 5);
  expect(proxy.requests).toBe(requests);
  onlyForward(seen);
});

test('a server that lags behind the one before shows nothing older', async () => {
  const show = await onSale(site, [10]);
  const lagging = await startLive(site, { tickMs: 1_500 });
  try {
    const there = watch(client({ baseUrl: lagging.url }), show);
    await becomes(there, 'live');
    const seen = watch(client({ reconnectBaseMs: 1 }), show);
    await becomes(seen, 'live');
    // Right behind a tick of the one that lags, so that it is behind when the other's client comes.
    await take(show);
    await sees(there, 1);
    await take(show);
    await sees(seen, 2);
    proxy.target = lagging.url;
    proxy.cut();
    await becomes(seen, 'reconnecting');
    await becomes(seen, 'live');
    expect([there.held(), seen.held()]).toEqual([1, 2]);
    await take(show);
    await sees(seen, 3);
    onlyForward(seen);
  } finally {
    await lagging.stop();
  }
});

test('when nothing answers any more the last values are stale, and polls become rare', async () => {
  const show = await onSale(site, [10]);
  const seen = watch(client({ reconnectBaseMs: 5, reconnectMaxMs: 10, pollMs: 5, pollMaxMs: 20 }), show);
  await becomes(seen, 'live');
  proxy.mode = 'refuse';
  proxy.cut();
  await becomes(seen, 'stale');
  await take(show);
  proxy.mode = 'pass';
  await becomes(seen, 'live');
  await sees(seen, 1);
});

test('without a WebSocket it polls', async () => {
  const show = await onSale(site, [10]);
  const made = createHoldfast({ baseUrl: live.url, pollMs: 20, WebSocket: undefined as never });
  clients.push(made);
  const seen = watch(made, show);
  await becomes(seen, 'polling');
  await take(show);
  await sees(seen, 1);
});

test('a server that does not want it back is not come back to: it polls, and says why', async () => {
  const clock = fakeClock();
  const show = await onSale(site, [10]);
  const seen = watch(client({ clock, token: 'ses_none' }), show);
  await becomes(seen, 'polling invalid_token');
  for (let second = 0; second < 60; second++) clock.advance(1_000);
  expect(proxy.upgrades).toBe(1);
});

test('a server that stops says when to come back', async () => {
  const clock = fakeClock(0.25);
  const seen = watch(client({ clock }), await onSale(site, [10]));
  await becomes(seen, 'live');
  await live.stop();
  await becomes(seen, 'reconnecting');
  // A quarter of the 30 s over which the server spreads its clients.
  expect(clock.waiting()).toEqual([7_500]);
  live = await startLive(site);
});

test('an event that is unknown ends at once, one that is closed for good when it is', async () => {
  const show = await onSale(site, [10]);
  const fan = client();
  const none = watch(fan, { id: 'evt_01a2076e-f380-7800-8c80-b60ab9f9b912' });
  await becomes(none, 'ended event_unknown');
  const seen = watch(fan, show);
  await becomes(seen, 'live');
  await admin(site, 'PATCH', `/events/${show.id}/sale`, { state: 'ended' });
  expect((await admin(site, 'POST', `/events/${show.id}/retire`)).status).toBe(200);
  await becomes(seen, 'ended event_retired');
  const polled = watch(createHoldfast({ baseUrl: live.url, WebSocket: undefined as never }), show);
  await becomes(polled, 'ended event_retired');
});

test('what a socket has no room for is polled, and gets the room that others leave', async () => {
  await beginAgain({ subscriptionsMax: 2 });
  const shows = [await onSale(site, [10]), await onSale(site, [10]), await onSale(site, [10])];
  const fan = client({ pollMs: 20 });
  const [first, second, third] = shows.map((show) => watch(fan, show));
  await becomes(second as Seen, 'live');
  await becomes(third as Seen, 'polling');
  await take(shows[2] as Show);
  await sees(third as Seen, 1);
  first?.close();
  await becomes(third as Seen, 'live');
});

test('watching and leaving in a hurry stays below the limits of the server, and the last word counts', async () => {
  const show = await onSale(site, [10]);
  const fan = client();
  const kept = watch(fan, await onSale(site, [10]));
  await becomes(kept, 'live');
  for (let times = 0; times < 200; times++) watch(fan, show).close();
  const seen = watch(fan, show);
  await becomes(seen, 'live');
  expect(kept.states).toEqual(['live']);
  await take(show);
  await sees(seen, 1);
});

test('a callback that throws is told apart, and costs the others nothing', async () => {
  const show = await onSale(site, [10]);
  const errors: unknown[] = [];
  const fan = client({ onError: (error) => errors.push(error) });
  fan.watch(show.id, () => {
    throw new Error('mine');
  });
  const seen = watch(fan, show);
  await take(show);
  await sees(seen, 1);
  expect(errors[0]).toEqual(new Error('mine'));
});

test.each(['connecting', 'live', 'reconnecting', 'polling'])(
  'close() while %s leaves nothing running',
  async (when) => {
    const clock = fakeClock();
    const show = await onSale(site, [10]);
    const fan = client({ clock, pollAfterFailures: 1 });
    if (when === 'connecting') proxy.mode = 'stall';
    const seen = watch(fan, show);
    if (when !== 'connecting') await becomes(seen, 'live');
    if (when === 'reconnecting') proxy.cut();
    if (when === 'polling') proxy.mode = 'no_sockets';
    if (when === 'polling') proxy.cut();
    if (when === 'polling' || when === 'reconnecting') await becomes(seen, 'reconnecting');
    if (when === 'polling') clock.advance(250);
    if (when === 'polling') await becomes(seen, 'polling');
    const { length } = seen.states;
    const closing = fan.close();
    clock.advance(2_000);
    await closing;
    expect(clock.waiting()).toEqual([]);
    await eventually('no socket is left', async () => (await live.metric('holdfast_ws_connections')) === 0);
    await take(show);
    expect(seen.states).toHaveLength(length);
    expect(() => watch(fan, show)).toThrow('closed');
  },
);
