/**
 * Runs a table of rows, `command -> words of the answer`, against an inventory. A row holds when the status is the one
 * named, `again` and `late` are there or not as told, and every other word named is among the answer's.
 *
 * Besides commands: `wait 10s` turns the clock and `back 10s` sets it back, `line A -> held=2` reads one line's counters, `facts -> held expired` wants
 * exactly these facts since the last such row, `ghosts -> A:3` the ghosts. `a & b -> x & y` sends both in the same turn.
 *
 * After each row the counters are sound, and a refusal has changed nothing.
 */
import { expect } from 'vitest';
import { isRefusal } from '../../domain/refusals.ts';
import type { Inventory } from '../inventory.ts';
import { endedPeriodMs } from '../load-event.ts';
import { type Answer, type Bench, duration, send, words } from './command.ts';
import { type Clock, type Harness, testEpochMs } from './harness.ts';
import { namesOf } from './names.ts';
import { showAnswer, showFact, showLine } from './show.ts';

type Running = Bench & { harness: Harness; factsSeen: number };
type Audited = Extract<Awaited<ReturnType<Inventory['audit']>>, { status: 'audit' }>;

export async function runRows(harness: Harness, title: string, rows: string): Promise<void> {
  const names = namesOf(`${title} ${runs++}`);
  beforeBorder(harness.clock);
  const running: Running = {
    harness,
    inventory: harness.inventory,
    names,
    from: harness.clock.now(),
    factsSeen: 0,
  };
  for (const row of rows.split('\n').map((line) => line.trim())) {
    if (row !== '' && !row.startsWith('#')) await runRow(running, row);
  }
}

/** Tables before this one have turned the clock: on to five minutes before the next border between two periods. */
function beforeBorder(clock: Clock): void {
  const wanted = testEpochMs % endedPeriodMs;
  clock.pass((wanted - (clock.now() % endedPeriodMs) + endedPeriodMs) % endedPeriodMs);
}

/** Each run has an event of its own, also on a Redis that keeps what others did. */
let runs = 0;

async function runRow(running: Running, row: string): Promise<void> {
  const [left = '', right] = row.split('->').map((part) => part.trim());
  const { verb, at } = words(left);
  if (verb === 'wait') return running.harness.clock.pass(duration(at(0)));
  if (verb === 'back') return running.harness.clock.pass(-duration(at(0)));
  if (right === undefined) throw new Error(`"${row}" expects nothing`);
  if (verb === 'facts') return expectFacts(running, row, right);
  if (verb === 'line') return expectLine(running, row, at(0), right);
  if (verb === 'ghosts') return expectGhosts(running, row, right);

  const before = await audit(running);
  const answers = await Promise.all(left.split('&').map((command) => send(running, command)));
  for (const [index, wanted] of right.split('&').entries()) {
    expectWords(row, wanted.trim(), showAnswer(running, answers[index] as Answer));
  }
  const after = await audit(running);
  if (after === undefined) return;
  expectSound(row, after);
  if (answers.every(isRefusal) && before !== undefined && before.ghosts.length === 0) {
    expect({ ...after, now: 0 }, `${row}: a refusal changed something`).toEqual({ ...before, now: 0 });
  }
}

function expectWords(row: string, wanted: string, said: string[]): void {
  const [status, ...others] = wanted.split(/\s+/);
  const shown = said.join(' ');
  expect(said[0], `${row}\nsaid: ${shown}`).toBe(status);
  for (const flag of ['again', 'late', 'more']) {
    expect(said.includes(flag), `${row} (${flag})\nsaid: ${shown}`).toBe(others.includes(flag));
  }
  for (const word of others) expect(said, `${row}\nsaid: ${shown}`).toContain(word);
}

async function expectFacts(running: Running, row: string, wanted: string): Promise<void> {
  const { harness, names } = running;
  const facts = await harness.facts(names.event, running.factsSeen);
  expect(facts.map(({ version }) => version)).toEqual(facts.map((_, index) => running.factsSeen + index + 1));
  running.factsSeen += facts.length;
  expect(facts.map(showFact).join(' '), row).toBe(wanted === 'none' ? '' : wanted);
}

async function expectLine(running: Running, row: string, name: string, wanted: string): Promise<void> {
  const line = (await audit(running))?.lines.find((each) => each.line === running.names.line(name));
  if (line === undefined) throw new Error(`${row}: there is no line ${name}`);
  for (const word of wanted.split(/\s+/)) expect(showLine(line), row).toContain(word);
}

async function expectGhosts(running: Running, row: string, wanted: string): Promise<void> {
  const ghosts = (await audit(running))?.ghosts ?? [];
  const said = ghosts.map(({ line, quantity }) => `${running.names.nameOf(line)}:${quantity}`);
  expect(said.join(' '), row).toBe(wanted === 'none' ? '' : wanted);
}

/** Undefined before the event is open and after it is retired. */
async function audit({ inventory, names }: Running): Promise<Audited | undefined> {
  const answer = await inventory.audit({ event: names.event }).catch(() => undefined);
  return answer?.status === 'audit' ? answer : undefined;
}

function expectSound(row: string, { lines }: Audited): void {
  for (const line of lines) {
    const { capacity, held, sold, withheld, spokenFor } = line;
    expect(
      Math.min(held, sold, withheld, capacity - held - sold - withheld - spokenFor),
      row,
    ).toBeGreaterThanOrEqual(0);
  }
}
