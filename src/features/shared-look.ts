/**
 * One look at the records for everybody who waits for something to be in them: whoever comes joins the next look, and there is one
 * at a time. So a crowd that waits takes one connection, and a look costs the same for a thousand as for one.
 */
import { setTimeout as pause } from 'node:timers/promises';

/** Asks, again and again, for the answer to `key`; undefined when `boundMs` is over first. Throws what a look throws. */
export type SharedLook<Answer> = (
  key: string,
  boundMs: number,
  suits?: (answer: Answer) => boolean,
) => Promise<Answer | undefined>;

type Waiting<Answer> = {
  key: string;
  /** By performance.now(). */
  end: number;
  suits: (answer: Answer) => boolean;
  resolve(answer: Answer | undefined): void;
  reject(error: unknown): void;
};

const firstPauseMs = 5;
const pauseMsMax = 40;
/** Asked for in one statement. Whoever is beyond that has a turn in the next one. */
const keysMax = 500;

/** `look` answers what is there already, by key. */
export function sharedLook<Answer>(
  look: (keys: string[]) => Promise<ReadonlyMap<string, Answer>>,
): SharedLook<Answer> {
  let waiting: Waiting<Answer>[] = [];
  let looking = false;

  /** Answers whether somebody got what they wait for. */
  const once = async (): Promise<boolean> => {
    const keys = new Set<string>();
    for (const { key } of waiting) if (keys.size < keysMax) keys.add(key);
    const asked = waiting.filter(({ key }) => keys.has(key));
    const later = new Set(asked);
    waiting = waiting.filter((one) => !later.has(one));
    let found: ReadonlyMap<string, Answer>;
    try {
      found = await look([...keys]);
    } catch (error) {
      for (const one of asked) one.reject(error);
      return true;
    }
    const now = performance.now();
    let some = false;
    for (const one of asked) {
      const answer = found.get(one.key);
      if (answer !== undefined && one.suits(answer)) {
        some = true;
        one.resolve(answer);
      } else if (now >= one.end) one.resolve(undefined);
      else waiting.push(one);
    }
    return some;
  };

  const run = async (): Promise<void> => {
    looking = true;
    let pauseMs = firstPauseMs;
    while (waiting.length > 0) {
      pauseMs = (await once()) ? firstPauseMs : Math.min(pauseMs * 2, pauseMsMax);
      if (waiting.length > 0) await pause(pauseMs);
    }
    looking = false;
  };

  return (key, boundMs, suits = () => true) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, end: performance.now() + boundMs, suits, resolve, reject });
      if (!looking) void run();
    });
}
