import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../../test/support/world.ts';
import { closedPartitions } from './closed-partitions.ts';
import { createEpochs } from './epochs.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ partitions: 2 });
});
afterAll(() => world?.stop());

test('a Redis that was emptied is told from one that is open, before any command has met it', async () => {
  const epochs = createEpochs(
    async () => {
      const marks = await Promise.all([world.watermark(0), world.watermark(1)]);
      return new Map(marks.map(({ partition, epoch }) => [partition, epoch]));
    },
    () => {},
  );
  const closed = () => closedPartitions(world.redis, epochs, 2, 'argument');
  expect(await closed()).toEqual([0, 1]);
  await epochs.refresh();
  expect(await closed()).toEqual([]);

  await world.redis.flushall();
  expect(await closed()).toEqual([0, 1]);
  await world.heal();
  await epochs.refresh();
  expect(await closed()).toEqual([]);

  await world.redis.script('FLUSH');
  expect(await closed()).toEqual([0, 1]);
  await world.heal();
  await epochs.refresh();
  expect(await closed()).toEqual([]);
});
