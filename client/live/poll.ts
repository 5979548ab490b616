/** Polls one event with its ETag until it is stopped: one request at a time, slower while there is no answer. */
import { createCalls } from '../http/calls.ts';
import type { Schemas } from '../http/result.ts';
import type { Shared } from '../options.ts';

export type Poll = {
  /** Whether the last one was answered; undefined before the first. */
  readonly ok: boolean | undefined;
  stop(): void;
};

export type Polled = {
  value(polled: Schemas['Availability']): void;
  /** There is no such event, or no longer. */
  gone(code: string): void;
  /** `ok` has changed. */
  turned(): void;
};

/** Refusals that will stay. */
const finalCodes = new Set(['event_unknown', 'event_retired']);

export function startPoll(shared: Shared, eventId: string, polled: Polled): Poll {
  const { clock, limits } = shared;
  const { events } = createCalls(shared);
  const control = new AbortController();
  let etag: string | undefined;
  let ok: boolean | undefined;
  let failures = 0;
  let timer: { cancel(): void } | undefined;

  const round = async () => {
    const result = await events.availability(eventId, { etag, attemptsMax: 1, signal: control.signal });
    if (control.signal.aborted) return;
    const before = ok;
    let waitMs = 0;
    if (result.ok) {
      etag = result.value.etag;
      failures = 0;
      ok = true;
      if (result.value.changed) polled.value(result.value.availability);
    } else if (finalCodes.has(result.problem.code)) {
      return polled.gone(result.problem.code);
    } else {
      failures += 1;
      ok = false;
      waitMs = result.retryAfterMs ?? 0;
    }
    if (before !== ok) polled.turned();
    // A callback may have stopped it.
    if (control.signal.aborted) return;
    const everyMs = Math.min(limits.pollMs * 2 ** Math.min(failures, 30), limits.pollMaxMs);
    const spread = 0.8 + 0.4 * clock.random();
    timer = clock.after(
      Math.max(waitMs, (failures > 0 ? everyMs : limits.pollMs) * spread),
      () => void round(),
    );
  };
  void round();
  return {
    get ok() {
      return ok;
    },
    stop() {
      control.abort();
      timer?.cancel();
    },
  };
}
