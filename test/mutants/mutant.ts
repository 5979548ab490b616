/** A fault put into the code on purpose, to see that a test notices. One file each in `patches/`, named as the mutant. */
export type Mutant = {
  /** What no longer holds, in a sentence. */
  breaks: string;
  file: string;
  /** Occurs exactly once in the file: a test sees to that, so a patch that no longer fits is known at once. */
  find: string;
  replace: string;
  /** The quick tests that must notice: files, as vitest takes them. */
  caughtBy: string[];
  /** Only the tests with this in their name: where the others of a file take long. */
  named?: string;
  env?: Record<string, string>;
};

export function mutant(definition: Mutant): Mutant {
  return definition;
}

/** The commands of the inventory, as tables, on a real Redis. */
export const contract = ['src/inventory/redis-inventory.redis.test.ts'];
/** Random walks against the specification: fewer than `npm test` runs, always the same. */
export const walks = {
  caughtBy: ['test/sim/walk.redis.test.ts'],
  env: { HOLDFAST_WALKS: '300', HOLDFAST_SEED: '1' },
};
/** The rules of `verify` and the seven edited ledgers. */
export const ledger = ['src/domain/ledger.test.ts'];
