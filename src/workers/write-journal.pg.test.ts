/** Events that stand still, as the write-behind duty tells the inventory of them. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../test/support/holdfast.ts';
import { startWorld, type World } from '../../test/support/world.ts';
import { Fault } from '../domain/faults.ts';
import { partitionOf } from '../domain/ids.ts';
import { send } from '../inventory/contract/command.ts';
import { type Names, namesOf } from '../inventory/contract/names.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { inTransaction } from '../persistence/database.ts';
import { writeJournal } from './write-journal.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ partitions: 2 });
});
afterAll(() => world?.stop());

const tell = (names: Names, command: string) =>
  send({ inventory: world.inventory, names, from: world.clock.now() }, command);

async function open(title: string): Promise<Names> {
  const names = namesOf(title);
  await world.addEvent(names.event);
  await tell(names, 'open o A:100');
  await world.apply();
  return names;
}

/** As another worker does that finds a fact refused, and dies before it tells the inventory. */
const standStill = ({ event }: Names) =>
  inTransaction(world.db, { role: 'worker' }, (tx) =>
    sql`update ticketing.journal_heads set frozen_at = now(), frozen_version = version, frozen_cause = 'a test'
      where event_id = ${event}`.execute(tx),
  );

test('an event that another worker froze and did not tell of stops selling', async () => {
  const names = await open('frozen by another');
  const duty = writeJournal({ ...world, partitions: 2 });
  await duty.tick();
  await standStill(names);
  let attempt = 0;
  await eventually('the event is halted', async () => {
    await duty.tick();
    attempt += 1;
    const answer = await tell(names, `reserve h${attempt} A:1`);
    return answer.status === 'event_frozen';
  });
});

test('an event that cannot be told keeps nobody else waiting', async () => {
  const names = await open('frozen and out of reach');
  await standStill(names);
  const failed: number[] = [];
  const freeze: Inventory['freeze'] = async (cmd) => {
    if (cmd.event === names.event) throw new Fault('fenced', 'its partition is closed');
    return world.inventory.freeze(cmd);
  };
  const duty = writeJournal({
    ...world,
    partitions: 2,
    inventory: { ...world.inventory, freeze },
    observe: { failed: (partition) => failed.push(partition) },
  });
  await duty.tick();
  expect(failed).toEqual([partitionOf(names.event, 2)]);
  const other = await open('on sale meanwhile');
  await tell(other, 'reserve h A:1');
  expect(await duty.tick()).toMatchObject({ done: 1 });
});
