/**
 * Sends the rows of a walk to the specification and to another inventory, which read the same clock, and compares: every
 * answer, the counters after every row that wrote a fact (and after every fourth that wrote none, and the last), the facts
 * at the end. Between the two it holds both to what the facts say.
 */
import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../../src/domain/faults.ts';
import {
  type Answer,
  type Bench,
  basket,
  duration,
  send,
  words,
} from '../../src/inventory/contract/command.ts';
import type { Clock, Harness } from '../../src/inventory/contract/harness.ts';
import { type Names, namesOf } from '../../src/inventory/contract/names.ts';
import type { Audit, Inventory } from '../../src/inventory/inventory.ts';
import { type MemoryInventory, memoryInventory } from '../../src/inventory/memory-inventory.ts';
import type { Coverage } from './coverage.ts';
import { Fold } from './fold.ts';

/** Where the two differ, or what neither may do. */
export class Divergence extends Error {}

/** An answer of the port, or the fault `fenced`. */
type Said = Answer | { status: 'fault fenced' };

export type Seen = { holds: Coverage; events: Coverage; answers: Coverage };

type Walk = {
  names: Names;
  clock: Clock;
  from: number;
  spec: MemoryInventory;
  real: Harness;
  fold: Fold;
  folded: number;
};

const holdVerbs = new Set(['reserve', 'grant', 'extend', 'cover', 'pin', 'release', 'confirm', 'find']);
let walks = 0;

/** Throws `Divergence`. `real` must read `clock`. */
export async function walk(rows: string[], clock: Clock, real: Harness, seen?: Seen): Promise<void> {
  const names = namesOf(`walk ${walks++}`);
  const fold = new Fold();
  const running: Walk = {
    names,
    clock,
    from: clock.now(),
    spec: memoryInventory(clock),
    real,
    fold,
    folded: 0,
  };
  for (const [index, row] of rows.entries()) {
    try {
      const audited = index % 4 === 0 || index === rows.length - 1;
      await step(running, row, audited, seen);
    } catch (error) {
      throw error instanceof Divergence
        ? new Divergence(`row ${index + 1}, ${row}\n${error.message}`)
        : error;
    }
  }
  const facts = await real.facts(names.event, 0);
  for (const [index, fact] of running.spec.facts(names.event).entries()) {
    same(running, `fact ${index + 1}`, fact, facts[index]);
  }
  same(running, 'number of facts', running.folded, facts.length);
}

async function step(running: Walk, row: string, audited: boolean, seen: Seen | undefined): Promise<void> {
  const { names, clock, from, spec, real, fold } = running;
  const { verb, at } = words(row);
  if (verb === 'wait') return clock.pass(duration(at(0)));
  if (verb === 'giveBack' && !isTheirs(running, row)) return;
  const commands = row.split('&').map((text) => text.trim());
  if (seen !== undefined) for (const command of commands) note(running, command, seen);

  const both = (inventory: Inventory) => {
    const bench: Bench = { inventory, names, from };
    return Promise.all(commands.map((command) => answered(bench, command)));
  };
  const [expected, given] = await Promise.all([both(spec), both(real.inventory)]);
  for (const [index, command] of commands.entries()) {
    const answer = commands.length === 1 ? given[index] : asAlone(running, expected[index], given[index]);
    same(running, `the answer to ${command}`, expected[index], answer);
    seen?.answers.count(verb, expected[index]?.status ?? 'none');
  }
  const facts = spec.facts(names.event).slice(running.folded);
  for (const fact of facts) fold.take(fact);
  running.folded += facts.length;
  if (facts.length === 0 && !audited) return;

  const audit = 'audit';
  const [specAudit, realAudit] = await Promise.all([
    answered({ inventory: spec, names, from }, audit),
    answered({ inventory: real.inventory, names, from }, audit),
  ]);
  same(running, 'the audit', specAudit, realAudit);
  if (realAudit.status === 'audit') sound(running, realAudit as Audit);
}

/** A batch may answer each hold with the version after the whole batch: no older than its fact, no newer than the event. */
function asAlone(
  { names, spec }: Walk,
  expected: Said | undefined,
  given: Said | undefined,
): Said | undefined {
  if (expected === undefined || given === undefined) return given;
  if (!('version' in expected) || !('version' in given)) return given;
  const last = spec.facts(names.event).length;
  const isBetween = expected.version <= given.version && given.version <= last;
  return isBetween ? { ...given, version: expected.version } : given;
}

/** The answer without what the two cannot have in common: their epoch. A fault is an answer here. */
async function answered(bench: Bench, command: string): Promise<Said> {
  try {
    const answer = await send(bench, command);
    return 'epoch' in answer ? { ...answer, epoch: 0 } : answer;
  } catch (error) {
    if (error instanceof Fault && error.code === 'fenced') return { status: 'fault fenced' };
    throw error;
  }
}

function same({ names }: Walk, what: string, expected: unknown, given: unknown): void {
  if (isDeepStrictEqual(expected, given)) return;
  const named = (value: unknown) =>
    JSON.stringify(value)?.replaceAll(/[0-9a-f-]{36}/g, (id) => names.nameOf(id)) ?? 'nothing';
  throw new Divergence(
    `${what} differs\n  specification: ${named(expected)}\n  inventory:     ${named(given)}`,
  );
}

/**
 * Whether a give-back is one that a caller may send. The inventory counts held and bought units of a buyer together; that an
 * order had the tickets it gives back is decided under their row locks in Postgres, before. More than the buyer has in all
 * may be asked, and is refused.
 */
function isTheirs({ names, fold }: Walk, row: string): boolean {
  const { at, option } = words(row);
  const buyer = names.buyer(option('by') ?? 'ann');
  return basket(names, at(2)).every(({ tier, quantity }) => {
    const bought = fold.bought(buyer, tier);
    return quantity <= bought || quantity > bought + fold.heldBy(buyer, tier);
  });
}

/** What must be true of any inventory after any command. */
function sound({ names, fold }: Walk, { lines, liveHolds, version }: Audit): void {
  const must = (isTrue: boolean, what: string) => {
    if (!isTrue) throw new Divergence(`version ${version}: ${what}`);
  };
  must(liveHolds === fold.liveHolds(), `${liveHolds} live holds, but the facts leave ${fold.liveHolds()}`);
  for (const { line, capacity, held, sold, withheld, spokenFor } of lines) {
    const name = names.nameOf(line);
    must(Math.min(held, sold, withheld) >= 0, `a counter of ${name} is below 0`);
    must(capacity - held - sold - withheld - spokenFor >= 0, `less than nothing of ${name} is free`);
    must(held === fold.held(line), `${held} of ${name} are held, but live holds have ${fold.held(line)}`);
  }
}

function note({ names, clock, fold }: Walk, command: string, seen: Seen): void {
  const { verb, at } = words(command);
  seen.events.count(verb, fold.eventState(clock.now()));
  if (holdVerbs.has(verb)) seen.holds.count(verb, fold.holdState(names.hold(at(0)), clock.now()));
}

/** The fewest rows that still differ, found by leaving out ever smaller runs of rows; at most `triesMax` walks. */
export async function shortest(
  rows: string[],
  differs: (rows: string[]) => Promise<boolean>,
  triesMax = 400,
): Promise<string[]> {
  let kept = rows;
  let tries = 0;
  for (let size = Math.ceil(rows.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = kept.length - size; at >= 0 && tries < triesMax; at -= size) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)];
      tries += 1;
      if (await differs(fewer)) kept = fewer;
    }
  }
  return kept;
}
