/** The rebuild itself, broken at every step, raced, and asked for what cannot be had. */
import { once } from 'node:events';
import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Killed, killedAt } from '../../../test/support/killed-at.ts';
import { startTestRedis, type TestRedis } from '../../../test/support/servers.ts';
import { startWorld, type World } from '../../../test/support/world.ts';
import { send } from '../../inventory/contract/command.ts';
import { type Names, namesOf } from '../../inventory/contract/names.ts';
import { createEpochs } from '../../inventory/epochs.ts';
import { journalLast } from '../../inventory/fence.ts';
import type { Audit, Inventory } from '../../inventory/inventory.ts';
import { eventKeys, journalKey } from '../../inventory/keys.ts';
import { allScripts, loadScripts } from '../../inventory/load-scripts.ts';
import { createRedisInventory } from '../../inventory/redis-inventory.ts';
import { inTransaction } from '../../persistence/database.ts';
import { rebuild } from './rebuild.ts';
import { createWatch } from './watch.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld({ partitions: 1, appendonly: true });
});
afterEach(() => world?.stop());

let events = 0;
async function openEvent(): Promise<Names> {
  const names = namesOf(`rebuild ${events++}`);
  await world.addEvent(names.event);
  await tell(names, 'open o A:100,B:100');
  await world.apply();
  return names;
}

const tell = (names: Names, command: string, inventory: Inventory = world.inventory) =>
  send({ inventory, names, from: world.clock.now() }, command);

/** What must be the same afterwards; an event that is fenced throws. */
async function books(names: Names): Promise<object> {
  const { epoch, version, ...audit } = (await tell(names, 'audit')) as Audit & { status: string };
  return audit;
}

const inPostgres = <Row>(text: ReturnType<typeof sql<Row>>) =>
  inTransaction(world.db, { role: 'worker' }, async (tx) => (await text.execute(tx)).rows);

const silentFor = (seconds: number) =>
  inPostgres(
    sql`UPDATE ticketing.partition_health SET alive_at = clock_timestamp() - ${seconds} * interval '1 second'`,
  );

/** A server that has not heard of any epoch after this one. */
async function staleServer(): Promise<Inventory> {
  const { epoch } = await world.watermark(0);
  const epochs = createEpochs(
    async () => new Map([[0, epoch]]),
    () => {},
  );
  await epochs.refresh();
  return createRedisInventory({ redis: world.redis, partitions: 1, epochs, now: world.clock.now });
}

const keysOf = async (names: Names) => eventKeys(0, (await world.watermark(0)).epoch, names.event);

describe('killed', () => {
  it('leaves the partition fenced at every step, and the next attempt succeeds', async () => {
    const kept = await openEvent();
    const broken = await openEvent();
    for (const names of [kept, broken]) await tell(names, 'reserve h1 A:2');
    let sold = 0;
    let finished = false;
    for (let step = 1; !finished; step++) {
      expect(step, 'a rebuild has an end').toBeLessThan(500);
      const stale = await staleServer();
      const before = await world.watermark(0);
      await world.redis.del((await keysOf(broken)).holds);
      const mortal = killedAt(step, world);
      finished = await rebuild({ ...world.context, ...mortal }, 0).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof Killed || (error as Error).cause instanceof Killed)) throw error;
          return false;
        },
      );
      const marked = (await journalLast(world.redis, 0)).epoch > before.epoch;
      const keys = eventKeys(0, before.epoch, kept.event);
      const hash = await world.redis.hgetall(keys.stock);
      const late = await tell(kept, `reserve s${step} B:1`, stale).catch((fault) => fault);
      if (marked) {
        expect(late, `step ${step}`).toMatchObject({ code: 'fenced' });
        expect(await world.redis.hgetall(keys.stock)).toEqual(hash);
      } else {
        // Nobody has fenced anything yet: the other events go on selling.
        expect(late, `step ${step}`).toMatchObject({ status: 'held' });
        sold += 1;
      }
      const { opened, epoch } = await world.watermark(0);
      await world.refreshEpochs();
      if (epoch > before.epoch && !opened) {
        await expect(tell(kept, 'audit'), `step ${step}`).rejects.toMatchObject({ code: 'fenced' });
      }
      await world.heal();
      for (const names of [kept, broken]) {
        expect(await books(names), `step ${step}`).toMatchObject({
          lines: [{ held: 2 }, { held: names === kept ? sold : 0 }],
          ghosts: [],
        });
      }
    }
    expect(world.errors).toEqual([]);
  }, 120_000);

  it('gives the outage back once, however many attempts it took', async () => {
    const names = await openEvent();
    await tell(names, 'reserve h1 A:2');
    await world.apply();
    const { hold } = (await tell(names, 'find h1')) as { hold: { deadline: number } };
    for (let attempt = 0; attempt < 3; attempt++) {
      await world.redis.script('FLUSH');
      if (attempt === 0) await silentFor(60);
      // The attempt is killed once Postgres has entered the epoch.
      const before = await world.watermark(0);
      for (let step = 1; (await world.watermark(0)).epoch === before.epoch; step++) {
        await rebuild({ ...world.context, ...killedAt(step, world) }, 0).catch(() => {});
      }
    }
    await world.heal();
    const after = (await tell(names, 'find h1')) as { hold: { deadline: number } };
    const moved = after.hold.deadline - hold.deadline;
    expect(moved).toBeGreaterThanOrEqual(60_000);
    expect(moved).toBeLessThan(90_000);
  }, 60_000);
});

it('rebuilds once when two try at the same time', async () => {
  const names = await openEvent();
  await tell(names, 'reserve h1 A:2');
  for (let round = 0; round < 5; round++) {
    await world.redis.script('FLUSH');
    const states = (await Promise.all([world.rebuild(0), world.rebuild(0), world.rebuild(0)])).map(
      ({ state }) => state,
    );
    expect(states).toContain('rebuilt');
    await world.heal();
    expect(await books(names)).toMatchObject({ lines: [{ held: 2 }, { held: 0 }] });
  }
});

it('moves deadlines by the outage, and by a quarter of an hour at most', async () => {
  const names = await openEvent();
  await tell(names, 'reserve h1 A:2');
  await tell(names, 'reserve h2 A:2 by=bob');
  await tell(names, 'pin h2 p2 by=bob until=40m');
  await world.apply();
  for (const [silence, least, most] of [
    [120, 120_000, 150_000],
    [7_200, 900_000, 900_000],
  ] as const) {
    const before = await world.dump(names.event);
    await world.redis.flushall();
    await silentFor(silence);
    const { outageMs } = await world.rebuild(0);
    expect(outageMs).toBeGreaterThanOrEqual(least);
    expect(outageMs).toBeLessThanOrEqual(most);
    const after = await world.dump(names.event);
    for (const index of ['due', 'closing']) {
      const expected = Object.entries(before[index] ?? {}).map(([hold, at]) => [
        hold,
        String(Number(at) + outageMs),
      ]);
      expect(Object.entries(after[index] ?? {})).toEqual(expected);
      expect(expected).toHaveLength(1);
    }
  }
});

it('still says of a retired event that it is closed', async () => {
  const names = await openEvent();
  await tell(names, 'retire r');
  await world.apply();
  await world.redis.flushall();
  await world.heal();
  for (const command of ['reserve h1 A:1', 'audit', 'open o2 C:1']) {
    expect(await tell(names, command), command).toMatchObject({ status: 'event_retired' });
  }
  expect(await tell(names, 'retire r')).toMatchObject({ status: 'retired', replayed: true });
  expect(await world.redis.pttl((await keysOf(names)).stock)).toBeGreaterThan(0);
});

describe('a Redis that lost something', () => {
  it.each(['stock', 'holds', 'due', 'voided', 'journal'] as const)(
    'is noticed when %s is gone, and made whole',
    async (what) => {
      const names = await openEvent();
      await tell(names, 'reserve h1 A:2,B:1');
      await world.apply();
      const before = await books(names);
      await world.redis.del(what === 'journal' ? journalKey(0) : (await keysOf(names))[what]);
      expect(await world.heal()).toBe(1);
      expect(await books(names)).toEqual(before);
    },
  );

  it('takes no command into a journal that is not there', async () => {
    const names = await openEvent();
    await world.redis.del(journalKey(0));
    await expect(tell(names, 'reserve h1 A:1')).rejects.toMatchObject({ code: 'fenced' });
    const fresh = namesOf(`rebuild ${events++}`);
    await world.addEvent(fresh.event);
    await expect(tell(fresh, 'open o A:5')).rejects.toMatchObject({ code: 'fenced' });
    expect(await world.redis.exists(journalKey(0))).toBe(0);
    await world.heal();
    expect(await books(names)).toMatchObject({ lines: [{ held: 0 }, { held: 0 }] });
    expect(await tell(fresh, 'open o A:5')).toMatchObject({ status: 'opened' });
  });

  it('answers no command after a restart until it is rebuilt, and then knows what only the journal knew', async () => {
    const names = await openEvent();
    await tell(names, 'reserve h1 A:2');
    const before = await books(names);
    await using _ = await restarted(0);
    await expect(tell(names, 'audit')).rejects.toMatchObject({ code: 'fenced' });
    expect(await world.heal()).toBe(1);
    expect(await books(names)).toEqual(before);
  });

  it('is noticed when its log was cut back behind Postgres, and promises nothing twice', async () => {
    const names = await openEvent();
    const cutAt = aofSize();
    for (let hold = 1; hold <= 20; hold++) await tell(names, `reserve h${hold} A:5 by=b${hold}`);
    await world.apply();
    const before = await books(names);
    await using _ = await restarted(aofSize() - cutAt);
    expect((await journalLast(world.redis, 0)).entry).toBeLessThan((await world.watermark(0)).entry);
    expect(await world.heal()).toBe(1);
    expect(await books(names)).toEqual(before);
    expect(await tell(names, 'reserve h99 A:1 by=zoe')).toMatchObject({ status: 'tier_all_in_carts' });
  });
});

describe('a partition that another version has opened', () => {
  const worker = (patienceMs?: number) =>
    createWatch({ ...world.context, partitions: 1, ...(patienceMs === undefined ? {} : { patienceMs }) });

  /** As if the version before the command `grant` had opened it. */
  async function openedWithoutGrant(): Promise<number> {
    const { epoch } = await world.watermark(0);
    await world.redis.script('FLUSH');
    const older = allScripts.filter(({ name }) => name !== 'grant');
    await loadScripts(world.redis, 0, epoch, 'argument', older);
    return epoch;
  }

  it('gets the scripts of the worker that starts, fenced first, and keeps all that it knew', async () => {
    const names = await openEvent();
    const epoch = await openedWithoutGrant();
    await tell(names, 'reserve h1 A:2');
    const before = await books(names);
    await expect(tell(names, 'grant g1 B:1')).rejects.toMatchObject({ code: 'fenced' });
    const stale = await staleServer();

    expect((await worker().look()).rebuilt).toMatchObject([{ state: 'rebuilt', epoch: epoch + 1 }]);
    await expect(tell(names, 'reserve h2 A:1', stale)).rejects.toMatchObject({ code: 'fenced' });
    await world.refreshEpochs();
    expect(await books(names)).toEqual(before);
    expect(await tell(names, 'grant g1 B:1')).toMatchObject({ status: 'held' });
    expect(await worker().look()).toEqual({ healthy: [0], rebuilt: [] });
  });

  it('is left as it is for a while by a worker that had its own scripts there', async () => {
    const names = await openEvent();
    const [patient, hasty] = [worker(), worker(0)];
    for (const each of [patient, hasty]) expect(await each.look()).toEqual({ healthy: [0], rebuilt: [] });
    await openedWithoutGrant();
    expect(await patient.look()).toEqual({ healthy: [0], rebuilt: [] });
    expect(await tell(names, 'reserve h1 A:2')).toMatchObject({ status: 'held' });
    expect((await hasty.look()).rebuilt).toMatchObject([{ state: 'rebuilt' }]);
  });
});

describe('a Postgres that is older than the journal', () => {
  it('is refused while the journal has facts of a later epoch, and nothing is written', async () => {
    const names = await openEvent();
    await world.redis.script('FLUSH');
    await world.heal();
    await tell(names, 'reserve h1 A:1');
    await inPostgres(sql`UPDATE ticketing.journal_watermarks SET epoch = epoch - 1, entry = 1`);
    const length = await world.redis.xlen(journalKey(0));
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(world.rebuild(0)).rejects.toMatchObject({ code: 'journal_gap' });
    }
    expect(await world.redis.xlen(journalKey(0))).toBe(length);
  });

  it('is refused when what it needs next was trimmed away', async () => {
    const names = await openEvent();
    for (const hold of ['h1', 'h2', 'h3']) await tell(names, `reserve ${hold} A:1`);
    await world.apply();
    const { entry } = await world.watermark(0);
    await world.redis.xtrim(journalKey(0), 'MAXLEN', 0);
    await inPostgres(sql`UPDATE ticketing.journal_watermarks SET entry = ${entry - 2}`);
    await world.redis.script('FLUSH');
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(world.rebuild(0)).rejects.toMatchObject({ code: 'journal_gap' });
    }
  });
});

function aofFile(): string {
  const dir = join(world.server.dir, 'appendonlydir');
  const file = readdirSync(dir).find((name) => name.endsWith('.incr.aof'));
  if (file === undefined) throw new Error('Redis has no append-only file');
  return join(dir, file);
}

function aofSize(): number {
  return statSync(aofFile()).size;
}

/** Kills Redis, cuts `bytes` off the end of its log, and starts it again at the same address. */
async function restarted(bytes: number): Promise<TestRedis & AsyncDisposable> {
  const { port, dir } = world.server;
  await world.server.kill();
  if (bytes > 0) truncateSync(aofFile(), aofSize() - bytes);
  const server = await startTestRedis({ appendonly: true, dir, port });
  if (world.redis.status !== 'ready') await once(world.redis, 'ready');
  return { ...server, [Symbol.asyncDispose]: () => server.stop() };
}
