/** What people on sockets see of a Redis that is away, and of one that comes back without its memory. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { admin, hold, onSale, person, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { eventually } from '../support/holdfast.ts';
import { type Live, startLive, watch } from '../support/live.ts';
import { startTestRedis, type TestRedis } from '../support/servers.ts';
import { type Site, startSite } from '../support/site.ts';

let site: Site;
let live: Live;
let again: TestRedis | undefined;

beforeEach(async () => {
  site = await startSite(await freshDatabase(), { availabilityFreshMs: 1 });
  live = await startLive(site);
});
afterEach(async () => {
  await live?.stop();
  await site?.stop();
  await again?.stop();
  again = undefined;
  expect(live.errors).toEqual([]);
});

/** An event with 3 held, all of it in Postgres, and somebody who watches both channels. */
async function scene() {
  const show = await onSale(site, [10]);
  const who = await person(site);
  await hold(site, who, show, 3);
  const { version } = (await admin(site, 'GET', `/events/${show.id}/audit`)).body;
  await eventually('Postgres has the hold', async () => {
    const { body } = await admin(site, 'GET', `/events/${show.id}/audit`);
    return body.version === version && body.driftUnits === 0 && body.lines[0].records?.held === 3;
  });
  const fan = await watch(live.url);
  const ch = `avail:${show.id}`;
  const { sub } = await fan.subscribe(ch);
  await fan.subscribe(`event:${show.id}`);
  expect(sub.snapshot.tiers[show.tiers[0] as string]).toEqual([7, 3, 0, 'available']);
  const status = (state: string) =>
    fan.got(state, (message) => message.status?.ch === ch && message.status.state === state);
  return { show, who, fan, ch, sub, status };
}

test('a Redis that is away makes the values stale, and the rebuilt one brings them back in a new epoch', async () => {
  const { show, who, fan, ch, sub, status } = await scene();
  const { port, dir } = site.stores.redisServer;
  await site.stores.redisServer.kill();
  const { status: stale } = await status('stale');
  expect(stale).toEqual({ ch, state: 'stale', since: expect.any(String), code: 'inventory_unavailable' });
  // Who comes now gets the last values, and is told that they may be old; an event nobody knows yet cannot be read.
  const late = await watch(live.url);
  expect(await late.subscribe(ch)).toHaveProperty('sub.snapshot');
  await late.got('stale', (message) => message.status?.state === 'stale');

  again = await startTestRedis({ port, dir });
  await eventually('the partitions are open again', async () => {
    await site.heal().catch(() => undefined);
    return fan.messages.some((message) => message.status?.ch === ch && message.status.state === 'live');
  });
  const values = fan.values(ch);
  expect(values.at(-1)).toMatchObject({ epoch: sub.epoch + 1 });
  expect(values.at(-1)?.data.tiers[show.tiers[0] as string]).toEqual([7, 3, 0, 'available']);
  await hold(site, who, show, 1);
  await fan.got(
    'a hold in the new epoch',
    ({ pub }) => pub?.data.tiers?.[show.tiers[0] as string]?.[1] === 4,
  );
  // What the client had before the rebuild is told nothing by: it gets a snapshot.
  const back = await watch(live.url);
  const answer = await back.subscribe(ch, { epoch: sub.epoch, offset: sub.offset });
  expect(answer.sub).toMatchObject({ epoch: sub.epoch + 1, recovered: false });
  expect(answer.sub.snapshot.tiers[show.tiers[0] as string]).toEqual([6, 4, 0, 'available']);
  await Promise.all([fan, late, back].map((one) => one.close()));
});

test('a partition that is fenced behind the back of a server is noticed, though its old keys and scripts still answer', async () => {
  const { show, fan, ch, sub, status } = await scene();
  const { redis, partitions } = site.stores;
  // What a rebuild does first: from here on Redis takes no entry of the epoch, but its keys are there and can be read.
  for (let partition = 0; partition < partitions; partition++) {
    await redis.xadd(`{p${partition}}:journal`, `${sub.epoch + 1}-0`, 'e', '-', 't', '1', 'f', '[]');
  }
  await status('stale');
  await eventually('the partitions are open again', async () => {
    await site.heal().catch(() => undefined);
    return fan.messages.some((message) => message.status?.ch === ch && message.status.state === 'live');
  });
  const polled = await send(site, `/v1/events/${show.id}/availability`);
  expect(fan.values(ch).at(-1)).toMatchObject({ epoch: polled.body.epoch, offset: polled.body.version });
  expect(polled.body.epoch).toBeGreaterThan(sub.epoch);
  await fan.close();
});

test('a short silence of Redis ends without a new value: the last one is live again', async () => {
  const { show, who, fan, ch, status } = await scene();
  const values = fan.values(ch).length;
  process.kill(site.stores.redisServer.pid, 'SIGSTOP');
  await status('stale');
  process.kill(site.stores.redisServer.pid, 'SIGCONT');
  await status('live');
  // Whatever the silence had left to be told would have come before it.
  await hold(site, who, show, 1);
  const { pub } = await fan.got('the hold', (message) => message.pub?.ch === ch);
  expect(pub.data.tiers[show.tiers[0] as string]).toEqual([6, 4, 0, 'available']);
  expect(fan.values(ch)).toHaveLength(values + 1);
  await fan.close();
});
