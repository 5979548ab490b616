/** How sockets end, and what a client that does not read costs the others: nothing. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeCodes } from '../../src/realtime/protocol.ts';
import { admin, hold, onSale, type Person, person, type Show } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { eventually } from '../support/holdfast.ts';
import { type Live, openSocket, startLive, type Watcher, watch } from '../support/live.ts';
import { type Site, startSite } from '../support/site.ts';

let site: Site;
let who: Person;
const started: Live[] = [];

beforeAll(async () => {
  site = await startSite(await freshDatabase());
  who = await person(site);
});
afterEach(async () => {
  for (const live of started.splice(0)) {
    await live.stop();
    expect(live.errors).toEqual([]);
  }
});
afterAll(() => site?.stop());

async function live(...[limits]: [Parameters<typeof startLive>[1]?]): Promise<Live> {
  const one = await startLive(site, limits);
  started.push(one);
  return one;
}

const tiers = 100;
const wide = () =>
  onSale(
    site,
    Array.from({ length: tiers }, () => 50),
  );
/** More than the kernel holds for a connection whose other end does not read. */
const fillBytes = 16 * 1024 * 1024;

/** Lets a client stop reading and ask for snapshots until the server's own buffer holds some of them. */
async function clog(server: Live, show: Show, fan: Watcher): Promise<void> {
  fan.ws.pause();
  for (let sent = 0, id = 1_000; sent < fillBytes; sent += 7_000, id += 2) {
    fan.send({ id, unsub: { ch: `avail:${show.id}` } });
    fan.send({ id: id + 1, sub: { ch: `avail:${show.id}` } });
    if (id % 100 === 0) await pause(1);
    if ((await server.metric('holdfast_ws_buffered_bytes')) > 64 * 1024) return;
  }
}
const patient = { messagesBurst: 1_000_000, pongMs: 60_000 };
const heldOf = (fan: Watcher, show: Show) =>
  fan.values(`avail:${show.id}`).at(-1)?.data.tiers[show.tiers[0] as string][1];

test('a client that never reads is cut with 3008 while the others see every change', async () => {
  const show = await wide();
  const server = await live({ ...patient, stalledMs: 1_000 });
  const fans = await Promise.all(Array.from({ length: 20 }, () => watch(server.url)));
  for (const fan of fans) await fan.subscribe(`avail:${show.id}`);
  const deaf = await watch(server.url);
  await deaf.subscribe(`avail:${show.id}`);
  await clog(server, show, deaf);
  for (let held = 1; held <= 10; held++) {
    await hold(site, who, show, 1);
    for (const fan of fans) await eventually(`${held} are held`, () => heldOf(fan, show) === held, 5_000);
  }
  // Only once it is cut may it read on: the close is behind what waits for it.
  await eventually(
    'it is cut',
    async () => (await server.metric('holdfast_ws_messages_sent_total{kind="disconnect"}')) === 1,
  );
  deaf.ws.resume();
  expect(await deaf.closed()).toEqual({ code: closeCodes.slow, reason: 'slow' });
  expect(deaf.messages.at(-1)?.disconnect).toMatchObject({ code: closeCodes.slow, reconnect: { minMs: 0 } });
  expect(await server.metric('holdfast_ws_slow_consumers_total')).toBeGreaterThan(0);
  for (const fan of fans) await fan.close();
});

test('a client that does not read misses its pings too: the reason it is told is 3008', async () => {
  const show = await wide();
  const server = await live({ ...patient, pingMs: 3_000, pongMs: 6_000, stalledMs: 60_000 });
  const deaf = await watch(server.url);
  await deaf.subscribe(`avail:${show.id}`);
  await clog(server, show, deaf);
  await eventually(
    'it is cut',
    async () => (await server.metric('holdfast_ws_messages_sent_total{kind="disconnect"}')) === 1,
  );
  deaf.ws.resume();
  expect(await deaf.closed()).toEqual({ code: closeCodes.slow, reason: 'slow' });
});

test('what a client lets pile up is bounded: above the limit it is cut at once', async () => {
  const show = await wide();
  const server = await live({ ...patient, bufferBytesMax: 256 * 1024, stalledMs: 60_000 });
  const deaf = await watch(server.url);
  await deaf.subscribe(`avail:${show.id}`);
  deaf.ws.pause();
  for (let sent = 0, id = 1_000; sent < fillBytes; sent += 7_000, id += 2) {
    deaf.send({ id, unsub: { ch: `avail:${show.id}` } });
    deaf.send({ id: id + 1, sub: { ch: `avail:${show.id}` } });
    if (id % 100 === 0) await pause(1);
    expect(await server.metric('holdfast_ws_buffered_bytes')).toBeLessThan(300 * 1024);
  }
  deaf.ws.resume();
  expect((await deaf.closed()).code).toBe(closeCodes.slow);
});

test('a client that falls behind and catches up gets the latest value, and not those in between', async () => {
  const show = await wide();
  // On a busy machine requests pile up, and the answers to all of them come at once: that alone must not cut it here.
  const server = await live({ ...patient, bufferBytesMax: 4 * fillBytes, stalledMs: 60_000 });
  const fan = await watch(server.url);
  const other = await watch(server.url);
  for (const one of [fan, other]) await one.subscribe(`avail:${show.id}`);
  await clog(server, show, fan);
  for (let held = 1; held <= 10; held++) {
    await hold(site, who, show, 1);
    await eventually(`${held} are held`, () => heldOf(other, show) === held, 5_000);
  }
  fan.ws.resume();
  await eventually('it has caught up', () => heldOf(fan, show) === 10);
  const pubs = (one: Watcher) => one.messages.filter(({ pub }) => pub).length;
  expect(pubs(fan)).toBeLessThan(pubs(other));
  await Promise.all([fan.close(), other.close()]);
});

test('a client that answers no ping is closed with 3012, one that does stays', async () => {
  // Client and server are one process here: what the machine takes from both must not look like a silence.
  const server = await live({ pingMs: 100, pongMs: 1_500 });
  const dead = await openSocket(server.url, { pong: false });
  await dead.ask({ hello: { client: 'test' } });
  const alive = await watch(server.url);
  expect(await dead.closed()).toEqual({ code: closeCodes.no_pong, reason: 'no_pong' });
  await alive.got(
    'several pings',
    () => alive.messages.filter((one) => Object.keys(one).length === 0).length > 8,
  );
  expect(alive.ws.readyState).toBe(alive.ws.OPEN);
  await alive.close();
});

test('a client that never says hello is closed with 3502', async () => {
  const server = await live({ helloMs: 100 });
  const silent = await openSocket(server.url);
  expect((await silent.closed()).code).toBe(closeCodes.stale);
  expect(silent.messages.at(-1)?.disconnect).toEqual({ code: closeCodes.stale, reason: 'stale' });
});

test('a stop does not wait for a client that does not answer', async () => {
  const server = await startLive(site);
  const deaf = await watch(server.url);
  deaf.ws.pause();
  const startedAt = performance.now();
  await server.stop();
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  deaf.ws.terminate();
});

test('an event that is closed for good ends its subscriptions with the reason', async () => {
  const server = await live();
  const show = await onSale(site, [5]);
  const fan = await watch(server.url);
  await fan.subscribe(`avail:${show.id}`);
  await admin(site, 'PATCH', `/events/${show.id}/sale`, { state: 'ended' });
  const retired = await admin(site, 'POST', `/events/${show.id}/retire`);
  expect(retired.status).toBe(200);
  const { unsub } = await fan.got('the end', (message) => message.unsub);
  expect(unsub).toMatchObject({ ch: `avail:${show.id}`, code: 'event_retired' });
  await fan.close();
});
