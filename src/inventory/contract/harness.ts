/** What a test needs of an inventory besides its port: a clock it can turn, and the facts. */
import type { Fact } from '../../domain/facts.ts';
import type { EventId } from '../../domain/ids.ts';
import type { Inventory } from '../inventory.ts';
import { memoryInventory } from '../memory-inventory.ts';

export type Harness = {
  inventory: Inventory;
  /** The event's facts from version `after` + 1 on. */
  facts(event: EventId, after: number): Promise<Fact[]>;
  clock: Clock;
  stop(): Promise<void>;
};

export type MakeHarness = () => Promise<Harness>;

export type Clock = { now(): number; pass(ms: number): void };

/**
 * Far ahead of any real clock, so that Redis drops no key of a test by its own time; five minutes before a border between
 * two periods in which ends are remembered, so that both are looked at.
 */
export const testEpochMs = 4_102_444_800_000 - 300_000;

export function testClock(): Clock {
  let at = testEpochMs;
  return {
    now: () => at,
    pass(ms) {
      at += ms;
    },
  };
}

export async function memoryHarness(): Promise<Harness> {
  const clock = testClock();
  const inventory = memoryInventory(clock);
  return {
    inventory,
    facts: async (event, after) => inventory.facts(event).slice(after),
    clock,
    stop: async () => undefined,
  };
}
