/** Live values over lines that break, and servers that go. Where time matters, a test moves the client's clock itself. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { onSale } from '../test/support/client.ts';
import { becomes, clientBed, onlyForward, sees, watch } from '../test/support/client-bed.ts';
import { fakeClock } from '../test/support/fake-clock.ts';
import { eventually } from '../test/support/holdfast.ts';
import { startLive } from '../test/support/live.ts';

const bed = clientBed();

test('heartbeats are answered', async () => {
  await bed.beginAgain({ pingMs: 100, pongMs: 300 });
  const seen = watch(bed.client(), await onSale(bed.site, [10]));
  await becomes(seen, 'live');
  const pings = () => bed.live.metric('holdfast_ws_messages_sent_total{kind="ping"}');
  await eventually('many pings', async () => (await pings()) > 10);
  expect(seen.states).toEqual(['live']);
});

test('a line that has gone silent is dead after 35 s; then it resumes, and tells nothing twice', async () => {
  await bed.beginAgain({ pingMs: 25_000 });
  const show = await onSale(bed.site, [10]);
  const clock = fakeClock();
  const seen = watch(bed.client({ clock }), show);
  await bed.take(show, 2);
  await sees(seen, 2);
  const told = seen.values.length;
  bed.proxy.mode = 'stall';
  clock.advance(34_999);
  expect(seen.states).toEqual(['live']);
  clock.advance(1);
  expect(seen.states).toEqual(['live', 'reconnecting']);
  bed.proxy.mode = 'pass';
  // Half of the first wait.
  expect(clock.waiting()).toEqual([250]);
  clock.advance(250);
  await becomes(seen, 'live');
  expect(await bed.live.metric('holdfast_ws_recoveries_total{recovered="true"}')).toBe(1);
  expect(seen.values).toHaveLength(told);
  await bed.take(show);
  await sees(seen, 3);
});

test('a client whose computer slept notices at once', async () => {
  const clock = fakeClock();
  const seen = watch(bed.client({ clock }), await onSale(bed.site, [10]));
  await becomes(seen, 'live');
  clock.advance(3_600_000);
  expect(seen.states[1]).toBe('reconnecting');
});

test('waits between attempts are random up to half a second, doubled to 20 s, and short again after a good connection', async () => {
  const clock = fakeClock();
  // Told apart from every wait.
  const connectTimeoutMs = 12_345;
  const seen = watch(
    bed.client({ clock, connectTimeoutMs, pollAfterFailures: 1_000 }),
    await onSale(bed.site, [10]),
  );
  const nextWait = async () => {
    await eventually('it waits', () => clock.waiting().length === 1 && (clock.waiting()[0] ?? 0) <= 10_000);
    return clock.waiting()[0] ?? 0;
  };
  await becomes(seen, 'live');
  bed.proxy.mode = 'refuse';
  bed.proxy.cut();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    waits.push(await nextWait());
    clock.advance(waits.at(-1) ?? 0);
  }
  // Halves: what chance says here.
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  await nextWait();
  bed.proxy.mode = 'pass';
  for (const [livedMs, wait] of [
    [4_999, 10_000],
    [5_000, 250],
  ] as const) {
    clock.advance(10_000);
    await becomes(seen, 'live');
    clock.advance(livedMs);
    bed.proxy.cut();
    expect(await nextWait()).toBe(wait);
  }
});

test('after three failures it polls, and goes back to the socket when that works; no value is older than the last', async () => {
  const show = await onSale(bed.site, [50]);
  const bounds = { reconnectBaseMs: 20, reconnectMaxMs: 100, pollMs: 30 };
  const fan = bed.client(bounds);
  const seen = watch(fan, show);
  await becomes(seen, 'live');
  for (const round of [1, 2]) {
    bed.proxy.mode = 'no_sockets';
    bed.proxy.cut();
    const before = bed.proxy.upgrades;
    await becomes(seen, 'polling');
    expect(bed.proxy.upgrades - before).toBeGreaterThanOrEqual(3);
    await bed.take(show);
    await sees(seen, round * 2 - 1);
    bed.proxy.mode = 'pass';
    await becomes(seen, 'live');
    await bed.take(show);
    await sees(seen, round * 2);
  }
  expect(seen.states).toEqual(['live', ...Array(2).fill(['reconnecting', 'polling', 'live']).flat()]);
  const { requests } = bed.proxy;
  await bed.take(show);
  await sees(seen, 5);
  expect(bed.proxy.requests).toBe(requests);
  onlyForward(seen);
});

test('a server that lags behind the one before shows nothing older', async () => {
  const show = await onSale(bed.site, [10]);
  const lagging = await startLive(bed.site, { tickMs: 3_000 });
  try {
    const there = watch(bed.client({ baseUrl: lagging.url }), show);
    await becomes(there, 'live');
    const seen = watch(bed.client({ reconnectBaseMs: 1 }), show);
    await becomes(seen, 'live');
    // Right behind a tick of the one that lags, so that it is behind when the other's client comes.
    await bed.take(show);
    await sees(there, 1);
    await bed.take(show);
    await sees(seen, 2);
    bed.proxy.target = lagging.url;
    bed.proxy.cut();
    await eventually('it is back', () => seen.states.join() === 'live,reconnecting,live');
    expect([there.held(), seen.held()]).toEqual([1, 2]);
    await bed.take(show);
    await sees(seen, 3);
    onlyForward(seen);
  } finally {
    await lagging.stop();
  }
});

test('when nothing answers any more the last values are stale, and polls become rare', async () => {
  const show = await onSale(bed.site, [10]);
  const seen = watch(bed.client({ reconnectBaseMs: 5, reconnectMaxMs: 10, pollMs: 5, pollMaxMs: 20 }), show);
  await becomes(seen, 'live');
  bed.proxy.mode = 'refuse';
  bed.proxy.cut();
  await becomes(seen, 'stale');
  await bed.take(show);
  bed.proxy.mode = 'pass';
  await becomes(seen, 'live');
  await sees(seen, 1);
});

test('without a WebSocket it polls', async () => {
  // Newer runtimes have one of their own.
  vi.stubGlobal('WebSocket', undefined);
  onTestFinished(() => void vi.unstubAllGlobals());
  const show = await onSale(bed.site, [10]);
  const seen = watch(bed.client({ pollMs: 20, WebSocket: undefined as never }), show);
  await becomes(seen, 'polling');
  await bed.take(show);
  await sees(seen, 1);
});

test('a server that does not want it back is not come back to: it polls, and says why', async () => {
  const clock = fakeClock();
  const show = await onSale(bed.site, [10]);
  const seen = watch(bed.client({ clock, token: 'ses_none' }), show);
  await becomes(seen, 'polling invalid_token');
  for (let second = 0; second < 60; second++) clock.advance(1_000);
  expect(bed.proxy.upgrades).toBe(1);
});

test('a server that stops says when to come back', async () => {
  const clock = fakeClock(0.25);
  const seen = watch(bed.client({ clock }), await onSale(bed.site, [10]));
  await becomes(seen, 'live');
  await bed.live.stop();
  await becomes(seen, 'reconnecting');
  // A quarter of the 30 s over which the server spreads its clients.
  expect(clock.waiting()).toEqual([7_500]);
  bed.live = await startLive(bed.site);
});
