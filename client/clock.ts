/** Time and chance, handed in so that a test can have its own. */
export type Timer = { cancel(): void };

export type Clock = {
  /** Elapsed ms, of any origin. */
  now(): number;
  /** Runs it once, after so many ms. */
  after(ms: number, run: () => void): Timer;
  /** At least 0, below 1. */
  random(): number;
};

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  random: Math.random,
};

/**
 * Full jitter: anywhere between 0 and `baseMs` doubled with each failure, up to `maxMs`. A crowd that was cut off in one moment
 * does not come back in one. `failures` begins at 0.
 */
export function backoffMs(
  failures: number,
  { baseMs, maxMs }: { baseMs: number; maxMs: number },
  random: () => number,
): number {
  return random() * Math.min(maxMs, baseMs * 2 ** Math.min(failures, 30));
}
