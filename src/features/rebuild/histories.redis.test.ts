/**
 * Random histories with rebuilds in the middle: what a rebuild writes is what was there, field by field, and everything
 * that is answered afterwards is what the specification answers, which knows of no rebuild. `HOLDFAST_SEED=123` runs the same
 * histories again, `HOLDFAST_SEED=123/4` only the one numbered 4.
 */
import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateWalk } from '../../../test/sim/generate.ts';
import { type Random, seeded, walkSeed } from '../../../test/sim/random.ts';
import { type EventDump, startWorld, type World } from '../../../test/support/world.ts';
import type { Fact } from '../../domain/facts.ts';
import { Fault } from '../../domain/faults.ts';
import { partitionOf, ticketIdFor } from '../../domain/ids.ts';
import { duration, send, words } from '../../inventory/contract/command.ts';
import { type Names, namesOf } from '../../inventory/contract/names.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { eventKeys } from '../../inventory/keys.ts';
import { endedPeriodMs } from '../../inventory/load-event.ts';
import { memoryInventory } from '../../inventory/memory-inventory.ts';
import { inTransaction } from '../../persistence/database.ts';

const [seedText = '', onlyText] = (process.env['HOLDFAST_SEED'] ?? '').split('/');
const seed = seedText === '' ? randomInt(2 ** 31) : Number(seedText);
const histories = Number(process.env['HOLDFAST_HISTORIES'] ?? 15);
const commandsPerHistory = 60;

const breaks = ['flushall', 'script flush', 'stock', 'holds', 'due', 'voided', 'journal'] as const;
type Break = (typeof breaks)[number];

let world: World;
beforeAll(async () => {
  world = await startWorld({ partitions: 2 });
});
afterAll(() => world?.stop());

/** Without what a rebuild may change. An answer's version is of its own history: `rebuilt` facts are in one of them only. */
async function answered(inventory: Inventory, names: Names, from: number, row: string): Promise<unknown[]> {
  return Promise.all(
    row.split('&').map(async (command) => {
      try {
        const answer = await send({ inventory, names, from }, command);
        return { ...answer, epoch: 0, version: 0 };
      } catch (error) {
        if (error instanceof Fault && error.code === 'fenced') return 'fenced';
        throw error;
      }
    }),
  );
}

/** An outage lasts no time here, so no deadline moves: how far they move is another test's question. */
async function noOutage(): Promise<void> {
  await inTransaction(world.db, { role: 'worker' }, (tx) =>
    sql`UPDATE ticketing.partition_health SET alive_at = clock_timestamp() + interval '1 hour'`.execute(tx),
  );
}

/** Stock, holds, deadlines, buyers, and the ends that are still remembered; ends by their period, not by their key. */
function comparable(dump: EventDump): object {
  const { stock = {}, holds, due, closing, buyers, voided } = dump;
  const period = Math.floor(world.clock.now() / endedPeriodMs);
  const ends = [dump['ended0'], dump['ended1']].filter((ended) => Number(ended?.['period']) >= period - 1);
  const sorted = Object.fromEntries(
    Object.entries(buyers ?? {}).map(([buyer, units]) => [buyer, units.split(' ').sort().join(' ')]),
  );
  return {
    stock: { ...stock, epoch: '', version: '' },
    holds,
    due,
    closing,
    buyers: sorted,
    voided,
    ended: Object.fromEntries(ends.map((ended) => [ended?.['period'], ended])),
  };
}

async function lose(what: Break, names: Names): Promise<void> {
  const { redis, partitions } = world;
  const partition = partitionOf(names.event, partitions);
  const { epoch } = await world.watermark(partition);
  const keys = eventKeys(partition, epoch, names.event);
  switch (what) {
    case 'flushall':
      await redis.flushall();
      break;
    case 'script flush':
      await redis.script('FLUSH');
      break;
    case 'journal':
      await redis.del(`{p${partition}}:journal`);
      break;
    default:
      await redis.del(keys[what]);
  }
}

/** What is lost with the journal must be in Postgres before; the other keys may go while it still has something to give. */
async function breakAndRebuild(names: Names, random: Random): Promise<void> {
  const what = random.one(breaks);
  const early = what === 'flushall' || what === 'journal' || random.chance(0.5);
  if (early) await world.apply();
  const before = comparable(await world.dump(names.event));
  await lose(what, names);
  await noOutage();
  await world.heal();
  expect(comparable(await world.dump(names.event)), `after ${what}`).toEqual(before);
}

/** An order gives back what it bought, whole and once: what else is asked of an order is for the features to refuse. */
function possible(row: string, names: Names, facts: Fact[]): string | undefined {
  const { verb, at, option } = words(row);
  if (verb === 'retire') return undefined;
  if (verb !== 'giveBack') return row;
  const order = names.order(at(1));
  const returned = facts.some((fact) => fact.kind === 'returned' && fact.order === order);
  const sold = facts.find((fact) => fact.kind === 'sold' && fact.order === order);
  if (returned || sold?.kind !== 'sold') return undefined;
  const basket = sold.items.map(({ tier, quantity, price }) => `${names.nameOf(tier)}:${quantity}@${price}`);
  // By the names they have in Postgres, which is what a rebuild restores.
  const tickets = sold.items.flatMap(({ tier, quantity }) =>
    Array.from({ length: quantity }, (_, index) => ticketIdFor(order, tier, index + 1)),
  );
  return `giveBack ${at(0)} ${at(1)} ${basket.join(',')} by=${names.nameOf(sold.buyer)} to=${option('to')} tickets=${tickets.join(',')}`;
}

async function history(index: number): Promise<number> {
  const random = seeded(walkSeed(seed, index) ^ 0x5eed);
  const { clock, inventory } = world;
  const names = namesOf(`history ${seed} ${index}`);
  const spec = memoryInventory(clock);
  const from = clock.now();
  await world.addEvent(names.event);
  let rebuilds = 0;
  let opened = false;
  let row = '';
  try {
    for (const drawn of generateWalk(walkSeed(seed, index), commandsPerHistory)) {
      const { verb, at } = words(drawn);
      if (verb === 'wait') {
        clock.pass(duration(at(0)));
        continue;
      }
      row = possible(drawn, names, spec.facts(names.event)) ?? '';
      if (row === '') continue;
      const given = await answered(inventory, names, from, row);
      const expected = await answered(spec, names, from, row);
      expect(given, row).toEqual(expected);
      if (!opened && spec.facts(names.event).length > 0) {
        await world.markOpened(names.event);
        opened = true;
      }
      if (!random.chance(0.08)) continue;
      await breakAndRebuild(names, random);
      rebuilds += 1;
      for (const look of ['audit', 'snapshot']) {
        expect(await answered(inventory, names, from, look)).toEqual(await answered(spec, names, from, look));
      }
    }
    await world.apply();
    await world.forget(names.event);
    return rebuilds;
  } catch (error) {
    throw new Error(`history ${index}, after "${row}", again with HOLDFAST_SEED=${seed}/${index}\n${error}`, {
      cause: error,
    });
  }
}

it(`answers as if nothing had happened, over ${histories} random histories with rebuilds, seed ${seed}`, async () => {
  const first = onlyText === undefined ? 0 : Number(onlyText);
  const end = onlyText === undefined ? histories : first + 1;
  let rebuilds = 0;
  for (let index = first; index < end; index++) rebuilds += await history(index);
  console.info(`${end - first} histories, ${rebuilds} rebuilds, seed ${seed}`);
  expect(rebuilds).toBeGreaterThan(0);
  expect(world.errors).toEqual([]);
}, 300_000);
