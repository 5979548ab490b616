/** What was given back is void after every rebuild too: the list comes back from Postgres, and from the facts that wait. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../../../test/support/world.ts';
import { ticketIdFor } from '../../domain/ids.ts';
import { send } from '../../inventory/contract/command.ts';
import { type Names, namesOf } from '../../inventory/contract/names.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ partitions: 1 });
});
afterAll(() => world?.stop());

const tell = (names: Names, command: string) =>
  send({ inventory: world.inventory, names, from: world.clock.now() }, command);

async function sold(title: string) {
  const names = namesOf(title);
  await world.addEvent(names.event);
  for (const row of ['open o A:10', 'reserve h A:3', 'confirm h p A:3']) await tell(names, row);
  const id = (ordinal: number) => ticketIdFor(names.order('p'), names.line('A'), ordinal);
  const voided = () => world.inventory.voided({ event: names.event, tickets: [1, 2, 3].map(id) });
  return { names, id, voided };
}

test.each([
  ['everything', async () => void (await world.redis.flushall())],
  [
    'the list alone',
    async () => {
      const lists = await world.redis.keys('*:voided:*');
      expect(lists.length).toBeGreaterThan(0);
      await world.redis.del(...lists);
    },
  ],
])('a Redis that lost %s knows again which tickets are void', async (what, lose) => {
  const { names, id, voided } = await sold(`lost ${what}`);
  await tell(names, `giveBack g p A:1 tickets=${id(2)}`);
  await world.apply();
  expect(await voided()).toMatchObject({ status: 'voided', tickets: [id(2)] });
  await lose();
  await expect(voided()).rejects.toMatchObject({ code: 'fenced' });
  await world.heal();
  expect(await voided()).toMatchObject({ status: 'voided', tickets: [id(2)] });
  expect(await tell(names, `giveBack g2 p A:1 tickets=${id(2)}`)).toEqual({ status: 'ticket_void' });
});

test('what only the journal knew is void too', async () => {
  const { names, id, voided } = await sold('journal');
  await world.apply();
  await tell(names, `giveBack g p A:2 tickets=${id(1)},${id(3)}`);
  await world.redis.del(...(await world.redis.keys('*:voided:*')));
  await world.heal();
  expect(await voided()).toMatchObject({ tickets: [id(1), id(3)] });
});
