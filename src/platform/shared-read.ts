/**
 * One read for everybody who asks at about the same time: a value is asked for once, whoever comes meanwhile waits for the
 * same answer, and for `freshMs` it is given without asking again. A read that fails is not kept.
 */
import { boundedCache } from './bounded-cache.ts';

export type SharedRead<Value> = (key: string, read: () => Promise<Value>) => Promise<Value>;

export function sharedRead<Value>(options: {
  freshMs: number;
  entriesMax: number;
  now: () => number;
}): SharedRead<Value> {
  const kept = boundedCache<string, { value: Promise<Value>; askedAt: number; settled: boolean }>(
    options.entriesMax,
  );
  return (key, read) => {
    const slot = kept.get(key);
    if (slot && (!slot.settled || options.now() - slot.askedAt < options.freshMs)) return slot.value;
    const next = { value: read(), askedAt: options.now(), settled: false };
    kept.set(key, next);
    next.value.then(
      () => {
        next.settled = true;
      },
      () => {
        if (kept.get(key) === next) kept.delete(key);
      },
    );
    return next.value;
  };
}
