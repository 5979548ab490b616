/** A stock hash that is not the one Postgres knows is never answered from: each kind of damage, and back again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startInventories, type TestInventories, testEpoch } from '../../test/support/redis-harness.ts';
import { partitionOf } from '../domain/ids.ts';
import { send } from './contract/command.ts';
import { namesOf } from './contract/names.ts';
import { eventKeys } from './keys.ts';

const partitions = 2;
let inventories: TestInventories;
beforeAll(async () => {
  inventories = await startInventories(partitions);
});
afterAll(() => inventories?.stop());

const damages: [string, (names: ReturnType<typeof namesOf>) => string[][]][] = [
  ['of another epoch', () => [['hset', 'stock', 'epoch', String(testEpoch - 1)]]],
  ['without an epoch', () => [['hdel', 'stock', 'epoch']]],
  ['without one of its lines', (names) => [['hdel', 'stock', `line:${names.line('B')}`]]],
  ['without its count of holds', () => [['hdel', 'stock', 'live']]],
  ['with a deadline of a hold that has no record', (names) => [['zadd', 'due', '1', names.hold('none')]]],
];

it.each(damages)('fenced is a stock %s, and nothing is written', async (title, damage) => {
  const names = namesOf(title);
  const { inventory, clock } = inventories.harness();
  const say = (command: string) => send({ inventory, names, from: clock.now() }, command);
  await say('open o1 A:5,B:5');
  await say('reserve h1 A:1');
  const keys = eventKeys(partitionOf(names.event, partitions), testEpoch, names.event);
  const dump = async () => [
    await inventories.redis.hgetall(keys.stock),
    await inventories.redis.hgetall(keys.holds),
  ];
  const whole = await dump();
  for (const [command = '', key, ...args] of damage(names)) {
    await inventories.redis.call(command, keys[key as 'stock' | 'due'], ...args);
  }
  const damaged = await dump();
  for (const command of [
    'reserve h2 A:1',
    'release h1',
    'confirm h1 p1 A:1',
    'withhold w1 A 1',
    'snapshot',
  ]) {
    await expect(say(command), command).rejects.toMatchObject({ code: 'fenced' });
  }
  expect(await dump()).toEqual(damaged);

  await inventories.redis.hset(keys.stock, whole[0] as Record<string, string>);
  await inventories.redis.zrem(keys.due, names.hold('none'));
  expect(await say('reserve h2 A:1')).toMatchObject({ status: 'held' });
});
