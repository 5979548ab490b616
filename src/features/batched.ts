/**
 * Many small pieces of work of the same kind in one: while a batch is under way the next ones gather, and then go together. In quiet
 * each goes at once and alone; the busier it is, the less each costs.
 */
import { isFault } from '../domain/faults.ts';

export type BatchOptions = {
  /** Of one batch. */
  itemsMax: number;
  /**
   * Between the beginnings of two batches where the first had more than one item, ms: when much comes, a few large batches cost less
   * than many small ones that follow each other at once. A full batch does not wait.
   */
  paceMs?: number;
};

/** `run` answers item by item, all or nothing. When what was asked is at fault, each item is tried alone, so that one fails no other. */
export function batched<Item, Answer>(
  run: (items: Item[]) => Promise<Answer[]>,
  { itemsMax, paceMs = 0 }: BatchOptions,
): (item: Item) => Promise<Answer> {
  type Asked = { item: Item; resolve(answer: Answer): void; reject(error: unknown): void };
  const waiting: Asked[] = [];
  let running = false;
  let fill = () => {};

  /** Ends early when a batch is full. */
  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      fill = () => {
        if (waiting.length < itemsMax) return;
        clearTimeout(timer);
        resolve();
      };
    });
  const carryOut = async (asked: Asked[]): Promise<void> => {
    try {
      const answers = await run(asked.map(({ item }) => item));
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      if (asked.length === 1 || isFault(error)) for (const { reject } of asked) reject(error);
      else for (const one of asked) await carryOut([one]);
    }
  };
  const drain = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      // What comes in the same turn of the event loop goes along.
      await Promise.resolve();
      const asked = waiting.splice(0, itemsMax);
      const begun = performance.now();
      await carryOut(asked);
      const restMs = begun + paceMs - performance.now();
      if (asked.length > 1 && waiting.length < itemsMax && restMs > 0) await rest(restMs);
    }
    running = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (running) fill();
      else void drain();
    });
}

/** One of a kind for each owner, made when it is first asked for. */
export function oneFor<Owner extends object, Thing>(make: (owner: Owner) => Thing): (owner: Owner) => Thing {
  const made = new WeakMap<Owner, Thing>();
  return (owner) => {
    const thing = made.get(owner) ?? make(owner);
    made.set(owner, thing);
    return thing;
  };
}
