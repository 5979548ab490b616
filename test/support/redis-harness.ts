/** An inventory on a real Redis whose scripts read the time from the test, and the facts from its journal. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Fact } from '../../src/domain/facts.ts';
import type { EventId } from '../../src/domain/ids.ts';
import { partitionOf } from '../../src/domain/ids.ts';
import { connectRedis } from '../../src/inventory/connection.ts';
import { type Clock, type Harness, testClock } from '../../src/inventory/contract/harness.ts';
import { createEpochs } from '../../src/inventory/epochs.ts';
import { decodeEntry, readJournal } from '../../src/inventory/journal.ts';
import { journalKey } from '../../src/inventory/keys.ts';
import { loadScripts } from '../../src/inventory/load-scripts.ts';
import { createRedisInventory } from '../../src/inventory/redis-inventory.ts';
import { startTestRedis } from './servers.ts';

/** Not 1, the specification's: a test that mixes them up fails. */
export const testEpoch = 7;
const pageMax = 1_000;
const stuckMs = 30_000;

export type TestInventories = {
  redis: Redis;
  /** Another inventory on the same Redis, with a clock of its own. */
  harness(clock?: Clock): Harness;
  stop(): Promise<void>;
};

/** Opens every partition in `testEpoch`, as the rebuild of an empty Postgres would: its marker, then the scripts. */
export async function startInventories(partitions: number): Promise<TestInventories> {
  const server = await startTestRedis();
  const errors: Error[] = [];
  const redis = connectRedis(server.url, (error) => errors.push(error));
  await Promise.race([
    once(redis, 'ready'),
    sleep(stuckMs, undefined, { ref: false }).then(() => {
      throw new Error(`no connection within ${stuckMs} ms: ${errors.join('; ')}`);
    }),
  ]);
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  for (const partition of all) {
    await redis.xadd(journalKey(partition), `${testEpoch}-0`, 'e', '-', 't', '0', 'f', '[]');
    await loadScripts(redis, partition, testEpoch, 'argument');
  }
  const epochs = createEpochs(
    async () => new Map(all.map((partition) => [partition, testEpoch])),
    (error) => errors.push(error as Error),
  );
  await epochs.refresh();
  const facts = factsReader(redis, partitions);

  return {
    redis,
    harness: (clock = testClock()) => ({
      inventory: createRedisInventory({ redis, partitions, epochs, now: clock.now }),
      clock,
      facts,
      stop: async () => undefined,
    }),
    async stop() {
      redis.disconnect();
      await server.stop();
    },
  };
}

/** Reads each stream on from where it was left, one reader at a time: every test asks for its facts again and again. */
function factsReader(redis: Redis, partitions: number): Harness['facts'] {
  const read = new Map<number, number>();
  const known = new Map<EventId, Fact[]>();

  const readOn = async (partition: number): Promise<void> => {
    const stream = journalKey(partition);
    for (;;) {
      const entry = (read.get(partition) ?? 0) + 1;
      const page = await readJournal(redis, stream, { epoch: testEpoch, entry }, pageMax);
      for (const [index, raw] of page.entries()) {
        const decoded = decodeEntry(stream, raw);
        if (decoded.entry !== entry + index) throw new Error(`${stream} has a hole before ${raw[0]}`);
        read.set(partition, decoded.entry);
        for (const fact of decoded.facts) {
          const facts = known.get(fact.event);
          if (facts === undefined) known.set(fact.event, [fact]);
          else facts.push(fact);
        }
      }
      if (page.length < pageMax) return;
    }
  };
  let last: Promise<void> = Promise.resolve();
  return async (event, after) => {
    last = last.catch(() => undefined).then(() => readOn(partitionOf(event, partitions)));
    await last;
    return (known.get(event) ?? []).slice(after);
  };
}

export async function redisHarness(): Promise<Harness> {
  const inventories = await startInventories(4);
  return { ...inventories.harness(), stop: inventories.stop };
}
