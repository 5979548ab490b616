/**
 * What every inventory must do, as tables of commands and answers. Run on the specification and on Redis: a row that only
 * one of them passes is an error of the other.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFault } from '../domain/faults.ts';
import { type Answer, send } from './contract/command.ts';
import type { Harness, MakeHarness } from './contract/harness.ts';
import { namesOf } from './contract/names.ts';
import { runRows } from './contract/scenario.ts';
import { edgeTables } from './contract/tables-edges.ts';
import { holdTables } from './contract/tables-holds.ts';
import { organizerTables } from './contract/tables-organizer.ts';
import { saleTables } from './contract/tables-sales.ts';
import { stockTables } from './contract/tables-stock.ts';

const commands = [
  'reserve h1 A:1',
  'grant h1 A:1',
  'extend h1 x1',
  'pin h1 p1',
  'release h1',
  'confirm h1 p1 A:1',
  'giveBack g1 p1 A:1',
  'resize z1 A 1',
  'reprice r1 A 1',
  'withhold w1 A 1',
  'setSale s1 state=paused',
  'freeze f1',
  'retire t1',
  'reclaim',
  'voided t1',
  'find h1',
  'snapshot',
  'audit',
];

export function describeInventory(name: string, makeHarness: MakeHarness): void {
  describe(`${name} inventory`, () => {
    let harness: Harness;
    beforeAll(async () => {
      harness = await makeHarness();
    });
    afterAll(() => harness?.stop());

    for (const tables of [holdTables, stockTables, saleTables, organizerTables, edgeTables]) {
      it.each(Object.entries(tables))('%s', (title, rows) => runRows(harness, title, rows));
    }

    /** An event of its own, and its commands. */
    const bench = (title: string) => {
      const names = namesOf(`${title} ${performance.now()}`);
      const all = { inventory: harness.inventory, names, from: harness.clock.now() };
      const run = (command: string): Promise<Answer> => send(all, command);
      const many = async (count: number, command: (n: number) => string) => {
        const texts = Array.from({ length: count }, (_, n) => command(n));
        const answers = await Promise.all(texts.map(run));
        return answers.map(({ status }) => status);
      };
      return { run, many, facts: () => harness.facts(names.event, 0) };
    };

    it.each(commands)('%s on an event that is not there is the fault fenced', async (command) => {
      const { run } = bench(command);
      const fault = await run(command).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(isFault(fault, 'fenced'), String(fault)).toBe(true);
    });

    it('gives the units of 1,000 due holds to the very next reserve, with no sweeper', async () => {
      const { run, many, facts } = bench('a thousand due');
      await run('open o1 A:1000');
      const held = await many(1000, (n) => `reserve h${n} A:1 by=b${n}`);
      expect(held).toEqual(held.map(() => 'held'));
      expect(await run('reserve last A:1000')).toMatchObject({ status: 'tier_all_in_carts' });
      harness.clock.pass(600_000);
      expect(await run('reserve last A:1000')).toMatchObject({ status: 'held' });
      expect((await facts()).filter(({ kind }) => kind === 'expired')).toHaveLength(1000);
    });

    it('finds the one due hold of a tier behind 150 due holds of another', async () => {
      const { run, many } = bench('behind 150');
      await run('open o1 A:150,B:1');
      await many(150, (n) => `reserve a${n} A:1 by=b${n}`);
      harness.clock.pass(1_000);
      await run('reserve b B:1');
      harness.clock.pass(600_000);
      expect(await run('reserve next B:1')).toMatchObject({ status: 'held' });
    });

    it('takes a due hold for over, also when one call cannot reclaim it yet', async () => {
      const { run, many } = bench('over and not reclaimed');
      await run('open o1 A:350');
      await many(350, (n) => `reserve h${n} A:1 by=b${n}`);
      harness.clock.pass(600_000);
      // Holds of one deadline are reclaimed in the order of their names: these are the last ones.
      expect(await run('extend h99 x1 by=b99')).toMatchObject({ status: 'hold_expired' });
      expect(await run('reserve h98 A:1 by=b98')).toMatchObject({ status: 'hold_expired' });
      expect(await run('pin h97 p1 by=b97')).toMatchObject({ status: 'hold_expired' });
    });

    it('asks for more than it reclaims in one call: resize, withhold, confirm and retire wait for all that is due', async () => {
      const { run, many } = bench('more than one call');
      await run('open o1 A:450');
      const reserveAll = (round: string) => many(150, (n) => `reserve ${round}${n} A:3 by=b${n}`);
      await reserveAll('a');
      harness.clock.pass(600_000);
      expect(await run('resize z1 A 450')).toMatchObject({ status: 'resized' });
      expect(await run('withhold w1 A 450')).toMatchObject({ status: 'withheld' });
      await run('withhold w2 A -450');
      await reserveAll('c');
      harness.clock.pass(600_000);
      expect(await run('confirm z p1 A:450')).toMatchObject({ status: 'sold', late: true });
      await run('giveBack g1 p1 A:450');
      await reserveAll('d');
      harness.clock.pass(600_000);
      expect(await run('retire t1')).toMatchObject({ status: 'retired' });
    });

    it('ends at most 50 due holds in one reclaim, and says that more are due', async () => {
      const { run, many } = bench('reclaim max');
      await run('open o1 A:75');
      await many(75, (n) => `reserve h${n} A:1 by=b${n}`);
      harness.clock.pass(600_000);
      expect(await run('reclaim')).toEqual({ status: 'reclaimed', expired: 50, more: true });
      expect(await run('reclaim')).toEqual({ status: 'reclaimed', expired: 25, more: false });
    });

    it('gives one ticket to one of 500 buyers', async () => {
      const { run, many } = bench('five hundred');
      await run('open o1 A:1');
      const said = await many(500, (n) => `reserve h${n} A:1 by=b${n}`);
      expect(said.filter((status) => status === 'held')).toHaveLength(1);
      expect(said.filter((status) => status === 'tier_all_in_carts')).toHaveLength(499);
    });
  });
}
