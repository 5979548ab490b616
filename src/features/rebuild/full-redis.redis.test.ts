/** A Redis without a byte to spare: it refuses what is new, and must come back all the same. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from '../../../test/support/world.ts';
import { isFault } from '../../domain/faults.ts';
import type { BuyerId, HoldId, UserId } from '../../domain/ids.ts';
import { send } from '../../inventory/contract/command.ts';
import { namesOf } from '../../inventory/contract/names.ts';

const holds = 4_000;
const batch = 500;

let world: World;
beforeAll(async () => {
  world = await startWorld({ partitions: 1 });
});
afterAll(() => world?.stop());

it('is rebuilt where there is room for one copy of the holds and not for two', async () => {
  const names = namesOf('full');
  const { event } = names;
  const tell = (command: string) =>
    send({ inventory: world.inventory, names, from: world.clock.now() }, command);
  const id = (kind: string, number: number) =>
    `${event.slice(0, 18)}-8${kind}00-${number.toString(16).padStart(12, '0')}`;
  await world.addEvent(event);
  await tell(`open o A:${2 * holds}`);
  for (let from = 0; from < holds; from += batch) {
    await Promise.all(
      Array.from({ length: batch }, (_, index) =>
        world.inventory.reserve({
          event,
          hold: id('a', from + index) as HoldId,
          buyer: id('b', from + index) as BuyerId,
          user: id('c', from + index) as UserId,
          items: [{ tier: names.line('A'), quantity: 1 }],
        }),
      ),
    );
  }
  await world.apply();
  const used = Number(/used_memory:(\d+)/.exec(await world.redis.info('memory'))?.[1]);
  await world.redis.config('SET', 'maxmemory', used - 1);
  await expect(tell('reserve h A:1')).rejects.toSatisfy((error) => isFault(error, 'inventory_unavailable'));
  await world.redis.script('FLUSH');

  await world.heal();
  expect(await tell('audit')).toMatchObject({ liveHolds: holds, lines: [{ held: holds }] });
  // What is promised can end, and what ends makes room.
  expect(await tell(`release h`)).toMatchObject({ status: 'hold_unknown' });
  const released = await world.inventory.release({ event, hold: id('a', 1) as HoldId });
  expect(released.status).toBe('released');
}, 120_000);
