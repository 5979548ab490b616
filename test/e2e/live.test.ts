/** Live availability as people see it: real sockets on a real server, with the stores behind it. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { admin, hold, onSale, person, type Show, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { eventually } from '../support/holdfast.ts';
import { type Live, startLive, watch } from '../support/live.ts';
import { type Site, startSite } from '../support/site.ts';

let site: Site;
let live: Live;
const extra: Live[] = [];

beforeAll(async () => {
  site = await startSite(await freshDatabase(), { availabilityFreshMs: 1 });
  live = await startLive(site);
});
afterEach(async () => {
  await Promise.all(extra.splice(0).map((one) => one.stop()));
  expect(live.errors).toEqual([]);
});
afterAll(async () => {
  await live?.stop();
  await site?.stop();
});

async function another(
  ...options: Parameters<typeof startLive> extends [Site, ...infer More] ? More : never
) {
  const one = await startLive(site, ...options);
  extra.push(one);
  return one;
}

const avail = ({ id }: Show) => `avail:${id}`;
const of = (show: Show, available: number, held: number, sold = 0) => ({
  tiers: { [show.tiers[0] as string]: [available, held, sold, available > 0 ? 'available' : 'all_in_carts'] },
});

function increasing(values: { epoch: number; offset: number }[]): boolean {
  return values.every((one, at) => {
    const before = values[at - 1];
    return !before || one.epoch > before.epoch || (one.epoch === before.epoch && one.offset > before.offset);
  });
}

test('a subscribe is answered with a snapshot, and every change comes as absolute values with a greater offset', async () => {
  const show = await onSale(site, [10]);
  const who = await person(site);
  const fan = await watch(live.url);
  const { sub } = await fan.subscribe(avail(show));
  expect(sub).toMatchObject({ ch: avail(show), epoch: 1, recovered: false, snapshot: of(show, 10, 0) });
  for (const held of [1, 2, 3]) {
    await hold(site, who, show, 1);
    await fan.got('the hold', ({ pub }) => pub?.data.tiers[show.tiers[0] as string][1] === held);
  }
  const values = fan.values(avail(show));
  expect(values.at(-1)?.data).toEqual(of(show, 7, 3));
  expect(increasing(values)).toBe(true);
  const polled = await send(site, `/v1/events/${show.id}/availability`);
  expect(values.at(-1)).toMatchObject({ epoch: polled.body.epoch, offset: polled.body.version });
  await fan.close();
});

test('the event channel carries sale state, prices and capacity, and is silent while only the count moves', async () => {
  const show = await onSale(site, [10]);
  const who = await person(site);
  const fan = await watch(live.url);
  const { sub } = await fan.subscribe(`event:${show.id}`);
  const tier = {
    tierId: show.tiers[0],
    name: 'Tier 0',
    price: { amount: 2_500, currency: 'EUR' },
    capacity: 10,
  };
  const first = { saleState: 'on_sale', opensAt: null, closesAt: null, halted: false, tiers: [tier] };
  expect(sub.snapshot).toEqual(first);
  await fan.subscribe(avail(show));
  await hold(site, who, show, 2);
  await fan.got('the hold', ({ pub }) => pub?.ch === avail(show));
  expect(fan.values(`event:${show.id}`)).toHaveLength(1);
  await admin(site, 'PATCH', `/events/${show.id}/tiers/${show.tiers[0]}`, { price: 3_000 });
  await fan.got('the price', ({ pub }) => pub?.data.tiers?.[0]?.price?.amount === 3_000);
  await admin(site, 'PATCH', `/events/${show.id}/tiers/${show.tiers[0]}`, { capacity: 20 });
  await fan.got('the capacity', ({ pub }) => pub?.data.tiers?.[0]?.capacity === 20);
  await admin(site, 'POST', `/events/${show.id}/pause`);
  const paused = await fan.got('the pause', ({ pub }) => pub?.data.saleState === 'paused');
  expect(paused.pub.data.tiers).toEqual([
    { ...tier, price: { amount: 3_000, currency: 'EUR' }, capacity: 20 },
  ]);
  await fan.close();
});

test('a tier that is added while people watch is shown by name', async () => {
  const show = await onSale(site, [10]);
  const fan = await watch(live.url);
  await fan.subscribe(`event:${show.id}`);
  await admin(site, 'POST', `/events/${show.id}/tiers`, { name: 'Late', price: 100, capacity: 5 });
  const { pub } = await fan.got('the tier', (one) => one.pub?.data.tiers.length === 2);
  expect(pub.data.tiers[1]).toMatchObject({ name: 'Late', capacity: 5 });
  await fan.close();
});

test('who comes back with the current values is told so and nothing else; with older ones it gets one snapshot', async () => {
  const show = await onSale(site, [10]);
  const who = await person(site);
  await hold(site, who, show, 1);
  const before = await watch(live.url);
  const { sub } = await before.subscribe(avail(show));
  await before.close();
  const again = await watch(live.url);
  const answer = await again.subscribe(avail(show), { epoch: sub.epoch, offset: sub.offset });
  expect(answer.sub).toEqual({ ch: avail(show), epoch: sub.epoch, offset: sub.offset, recovered: true });
  await again.close();
  await hold(site, who, show, 1);
  const late = await watch(live.url);
  await late.subscribe(avail(show), { epoch: sub.epoch, offset: sub.offset });
  await eventually('the new values', () =>
    late.values(avail(show)).some(({ data }) => data.tiers[show.tiers[0] as string][1] === 2),
  );
  await late.close();
  expect(await live.metric('holdfast_ws_recoveries_total{recovered="true"}')).toBeGreaterThan(0);
});

test('two servers end on the same values, which are those of the API', async () => {
  const show = await onSale(site, [50]);
  const other = await another();
  const people = await Promise.all(Array.from({ length: 20 }, () => person(site)));
  const fans = await Promise.all([watch(live.url), watch(other.url)]);
  for (const fan of fans) await fan.subscribe(avail(show));
  await Promise.all(people.map((who) => hold(site, who, show, 2)));
  for (const fan of fans) {
    await eventually(
      '40 are held',
      () => fan.values(avail(show)).at(-1)?.data.tiers[show.tiers[0] as string][1] === 40,
    );
    expect(increasing(fan.values(avail(show)))).toBe(true);
  }
  const polled = await send(site, `/v1/events/${show.id}/availability`);
  for (const fan of fans) {
    expect(fan.values(avail(show)).at(-1)).toEqual({
      epoch: polled.body.epoch,
      offset: polled.body.version,
      data: of(show, 10, 40),
    });
    await fan.close();
  }
});

/** How long this process and Redis take at the moment, whatever else the machine does: the longest from when a question was due to its answer, ms. */
function watchAnswers(redis: Site['stores']['redis']): () => Promise<number> {
  const everyMs = 20;
  let slowestMs = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const dueAt = performance.now() + everyMs;
      await pause(everyMs);
      await redis.ping();
      slowestMs = Math.max(slowestMs, performance.now() - dueAt);
    }
  })();
  return async () => {
    isOver = true;
    await watching;
    return slowestMs;
  };
}

test('the sell-out at the end of a burst is shown to everybody within two ticks', async () => {
  const tickMs = 500;
  const calm = await another({ tickMs });
  const show = await onSale(site, [60]);
  const people = await Promise.all(Array.from({ length: 40 }, () => person(site)));
  const fans = await Promise.all(Array.from({ length: 20 }, () => watch(calm.url)));
  for (const fan of fans) await fan.subscribe(avail(show));
  // The event is still by now, and read only when somebody asks for its version.
  await pause(4 * tickMs);
  const arrivals: number[] = [];
  for (const fan of fans) {
    fan.ws.on('message', (data) => {
      if (String(data).includes('all_in_carts')) arrivals.push(performance.now());
    });
  }
  const slowest = watchAnswers(site.stores.redis);
  let soldOutAt = 0;
  let held = 0;
  await Promise.all(
    people.map(async (who) => {
      const reply = await hold(site, who, show, 2);
      if (reply.status !== 201) return;
      held += 2;
      if (held === 60) soldOutAt = performance.now();
    }),
  );
  await eventually('everybody knows', () => arrivals.length === fans.length);
  // Two ticks; and the tick, the read and the twenty sockets each wait as long for this process and for Redis as anything else did.
  const allowedMs = 2 * tickMs + 100 + 3 * (await slowest());
  for (const at of arrivals) expect(at - soldOutAt).toBeLessThan(allowedMs);
  for (const fan of fans) {
    expect(fan.values(avail(show)).at(-1)?.data).toEqual(of(show, 0, 60));
    await fan.close();
  }
});

test('many changes within a tick are one message', async () => {
  const tickMs = 1_000;
  const slow = await another({ tickMs });
  const show = await onSale(site, [100]);
  const fan = await watch(slow.url);
  await fan.subscribe(avail(show));
  const people = await Promise.all(Array.from({ length: 30 }, () => person(site)));
  const from = performance.now();
  for (const who of people) await hold(site, who, show, 1);
  await eventually(
    '30 are held',
    () => fan.values(avail(show)).at(-1)?.data.tiers[show.tiers[0] as string][1] === 30,
  );
  // What it had at first, one more for a tick that began before, and one a tick however long the holds took.
  const ticks = Math.ceil((performance.now() - from) / tickMs);
  expect(fan.values(avail(show)).length).toBeLessThanOrEqual(2 + ticks);
  await fan.close();
});

test('after an unsubscribe nothing comes any more', async () => {
  const show = await onSale(site, [10]);
  const fan = await watch(live.url);
  await fan.subscribe(avail(show));
  expect(await fan.ask({ unsub: { ch: avail(show) } })).toMatchObject({ unsub: { ch: avail(show) } });
  const other = await watch(live.url);
  await other.subscribe(avail(show));
  await hold(site, await person(site), show, 1);
  await other.got('the hold', ({ pub }) => pub?.ch === avail(show));
  expect(fan.messages.some(({ pub }) => pub)).toBe(false);
  await Promise.all([fan.close(), other.close()]);
});
