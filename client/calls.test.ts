/** The calls, to a real server over lines that are good and bad. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { audited, onSale, type Show } from '../test/support/client.ts';
import { freshDatabase } from '../test/support/database.ts';
import { type FakeClock, fakeClock } from '../test/support/fake-clock.ts';
import { eventually } from '../test/support/holdfast.ts';
import { startProxy, type TestProxy } from '../test/support/proxy.ts';
import { type Site, startSite } from '../test/support/site.ts';
import { createHoldfast, type Holdfast, type Options } from './index.ts';

let site: Site;
let proxy: TestProxy;

beforeAll(async () => {
  site = await startSite(await freshDatabase(), { availabilityFreshMs: 1 });
});
afterAll(() => site?.stop());
beforeEach(async () => {
  proxy = await startProxy(site.url);
});
afterEach(() => proxy.stop());

const to = (baseUrl: string, options: Partial<Options> = {}): Holdfast =>
  createHoldfast({ baseUrl, ...options });
const held = async (show: Show) => (await audited(site, show)).lines[0].redis.held;

test('a fan begins a session, looks around, holds, and gives back', async () => {
  const show = await onSale(site, [10]);
  const client = to(`${site.url}/`);
  const items = [{ tierId: show.tiers[0] as string, quantity: 2 }];
  expect(await client.holds.reserve(show.id, items)).toMatchObject({
    ok: false,
    problem: { code: 'session_required', status: 401 },
  });
  const session = await client.sessions.create();
  expect(client.token).toBe(session.ok && session.value.token);
  const page = await client.events.list({ limit: 100 });
  expect(page.ok && page.value.events.map(({ id }) => id)).toContain(show.id);
  const event = await client.events.show(show.id);
  expect(event.ok && event.value.tiers.map(({ id }) => id)).toEqual(show.tiers);

  const made = await client.holds.reserve(show.id, items);
  if (!made.ok) throw new Error(made.problem.code);
  expect(made).toMatchObject({ status: 201, value: { replayed: false, items, state: 'active' } });
  const again = await client.holds.reserve(show.id, items, { idempotencyKey: made.idempotencyKey });
  expect(again).toMatchObject({ ok: true, value: { id: made.value.id, replayed: true } });
  expect(await client.holds.show(made.value.id)).toMatchObject({ ok: true, value: { id: made.value.id } });
  const early = await client.holds.extend(made.value.id);
  expect(early).toMatchObject({ ok: false, problem: { code: 'extend_too_early', from: expect.any(String) } });
  for (const _ of [1, 2])
    expect(await client.holds.release(made.value.id)).toMatchObject({ ok: true, status: 204 });
  expect(await client.holds.show(made.value.id)).toMatchObject({ problem: { code: 'hold_released' } });
});

test('availability is asked for with its ETag', async () => {
  const show = await onSale(site, [10]);
  const client = to(site.url);
  const first = await client.events.availability(show.id);
  if (!first.ok || !first.value.changed) throw new Error('no counts');
  expect(first.value.availability.tiers[0]).toMatchObject({ available: 10 });
  const { etag } = first.value;
  expect(await client.events.availability(show.id, { etag })).toMatchObject({
    status: 304,
    value: { changed: false, etag },
  });
});

test('a refusal is told once, with what is left, and is not asked for again', async () => {
  const show = await onSale(site, [1]);
  const client = to(proxy.url);
  await client.sessions.create();
  const tierId = show.tiers[0] as string;
  const before = proxy.requests;
  const refused = await client.holds.reserve(show.id, [{ tierId, quantity: 2 }]);
  if (refused.ok || refused.problem.code !== 'tier_not_enough') throw new Error('not refused');
  expect(refused.problem.conflicts).toMatchObject([{ tierId, requested: 2, available: 1 }]);
  expect(proxy.requests - before).toBe(1);
});

test('an answer that is lost is asked for again with the same key: one hold, however often', async () => {
  const show = await onSale(site, [10]);
  const client = to(proxy.url, { retryBaseMs: 1 });
  await client.sessions.create();
  proxy.lose = 3;
  const made = await client.holds.reserve(show.id, [{ tierId: show.tiers[0] as string, quantity: 2 }]);
  expect(made).toMatchObject({ ok: true, value: { replayed: true } });
  expect(proxy.lose).toBe(0);
  expect(await held(show)).toBe(2);
});

/** Moves the clock on until the call is answered; answers how long it took by that clock. */
async function timed<Value>(
  clock: FakeClock,
  stepMs: number,
  call: Promise<Value>,
): Promise<[Value, number]> {
  let done = false;
  void call.finally(() => {
    done = true;
  });
  const startedAt = clock.now();
  await eventually('the call is answered', () => {
    if (!done) clock.advance(stepMs);
    return done;
  });
  return [await call, clock.now() - startedAt];
}

test('a line that stays dead ends every attempt in time, and the call after the last', async () => {
  proxy.mode = 'stall';
  const clock = fakeClock();
  const client = to(proxy.url, { clock, requestTimeoutMs: 1_000, requestAttemptsMax: 3, retryBaseMs: 100 });
  const [result, ms] = await timed(clock, 50, client.events.list());
  expect(result).toMatchObject({ ok: false, problem: { code: 'no_answer', status: 0 } });
  // Three times 1 s, and pauses of 50 and 100 ms: half of what they may be.
  expect(ms).toBeGreaterThanOrEqual(3_150);
  expect(ms).toBeLessThan(4_500);
  expect(proxy.requests).toBe(3);
  expect(clock.waiting()).toEqual([]);
});

test('what is no answer of a Holdfast is told apart, and a 502 is asked for again', async () => {
  proxy.mode = 'garble';
  const client = to(proxy.url, { retryBaseMs: 1, requestAttemptsMax: 3 });
  const result = await client.events.list();
  expect(result).toMatchObject({ ok: false, problem: { code: 'answer_unreadable', status: 502 } });
  expect(proxy.requests).toBe(3);
});

test.each(['while an attempt runs', 'between two attempts'])('the caller can give up %s', async (when) => {
  proxy.mode = when === 'between two attempts' ? 'refuse' : 'stall';
  const clock = fakeClock();
  const control = new AbortController();
  const call = to(proxy.url, { clock }).events.list({}, { signal: control.signal });
  await eventually('it is under way', () => proxy.connections === 1 && clock.waiting().length === 1);
  // The first wait is half of 250 ms; an attempt's timeout is 5 s.
  if (proxy.mode === 'refuse') await eventually('it pauses', () => clock.waiting()[0] === 125);
  control.abort();
  expect(await call).toMatchObject({ ok: false, problem: { code: 'aborted' } });
  expect(clock.waiting()).toEqual([]);
});

test('Retry-After is waited for, and then some', async () => {
  const show = await onSale(site, [10]);
  const clock = fakeClock();
  const client = to(site.url, { clock });
  await client.sessions.create();
  // Long enough for every timeout of the server's own.
  process.kill(site.stores.redisServer.pid, 'SIGSTOP');
  try {
    const items = [{ tierId: show.tiers[0] as string, quantity: 1 }];
    const call = client.holds.reserve(show.id, items, { attemptsMax: 2 });
    await eventually('it was told to wait', () => clock.waiting()[0] === 1_125, 20_000);
    process.kill(site.stores.redisServer.pid, 'SIGCONT');
    await eventually(
      'Redis answers',
      async () => (await client.events.availability(show.id, { attemptsMax: 1 })).ok,
    );
    clock.advance(1_125);
    expect(await call).toMatchObject({ ok: true });
  } finally {
    process.kill(site.stores.redisServer.pid, 'SIGCONT');
  }
  expect(await held(show)).toBe(1);
});

test('numbers that are none are refused at once', () => {
  expect(() => to(site.url, { pollMs: -1 })).toThrow('pollMs');
  expect(() => to(site.url, { pollMs: Number.NaN })).toThrow('pollMs');
  expect(() => to('not an address')).toThrow();
});
