/**
 * Counts requests by key in windows that begin with a key's first request. In this process only, and bounded: a key that is
 * forgotten begins a new window. It costs one map lookup, which is why the hot path may have it.
 */
import { boundedCache } from '../../platform/bounded-cache.ts';

export type Taken = {
  allowed: boolean;
  /** What is left in this window. */
  remaining: number;
  /** ms until the window is over. */
  resetMs: number;
};

export type Window = { take(key: string): Taken };

export function createWindow(options: {
  quota: number;
  windowMs: number;
  entriesMax: number;
  now: () => number;
}): Window {
  const { quota, windowMs, now } = options;
  const slots = boundedCache<string, { endsAt: number; used: number }>(options.entriesMax);
  return {
    take(key) {
      const at = now();
      let slot = slots.get(key);
      if (slot === undefined || slot.endsAt <= at) {
        slot = { endsAt: at + windowMs, used: 0 };
        slots.set(key, slot);
      }
      const allowed = slot.used < quota;
      if (allowed) slot.used += 1;
      return { allowed, remaining: quota - slot.used, resetMs: slot.endsAt - at };
    },
  };
}
