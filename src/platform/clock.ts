/**
 * The clock of this process, as an argument: for logs, timeouts and ids. It never judges a deadline of a hold; that is
 * Redis's clock alone.
 */
export type Clock = {
  /** Unix ms. May step when the machine's clock is set. */
  now(): number;
  /** Ms since an arbitrary start; never steps back. For durations. */
  elapsed(): number;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
};
