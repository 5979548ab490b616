/** A clock that stands still until a test moves it. What runs on it is real. */
import type { Clock } from '../../client/index.ts';

export type FakeClock = Clock & {
  /** Runs what falls due meanwhile, in order. */
  advance(ms: number): void;
  /** Ms until each timer that waits, the nearest first. */
  waiting(): number[];
};

type Waiting = { at: number; run: () => void };

/** `random`: what chance always says. */
export function fakeClock(random = 0.5): FakeClock {
  let now = 0;
  const timers = new Set<Waiting>();
  const nearest = () => [...timers].sort((one, other) => one.at - other.at);
  return {
    now: () => now,
    random: () => random,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    advance(ms) {
      const end = now + ms;
      for (let [next] = nearest(); next && next.at <= end; [next] = nearest()) {
        timers.delete(next);
        now = next.at;
        next.run();
      }
      now = end;
    },
    waiting: () => nearest().map(({ at }) => at - now),
  };
}
