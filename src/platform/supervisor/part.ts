/**
 * A part that must be up: started, watched, and started again when it dies.
 *
 *   starting -> up         start() resolved
 *   starting -> waiting    start() threw, and attempts are left
 *   up       -> waiting    it died by itself
 *   waiting  -> starting   the pause is over (it doubles up to a bound, and begins small again after a healthy minute)
 *   any      -> stopped    stop() was called
 *   starting -> given up   too many attempts in a row: `failed` settles
 */
import { within } from '../embedded/child.ts';
import type { Log } from '../log.ts';
import { reasonOf } from '../trouble.ts';

export type Running = { exited: Promise<unknown>; stop(): Promise<unknown> };

export type Part = {
  /** Settles with the reason when the part cannot be kept up; never when it was stopped. */
  failed: Promise<Error>;
  stop(): Promise<void>;
};

const firstPauseMs = 100;
const pauseMaxMs = 5_000;
/** With the pauses above this is about a minute of trying. */
const attemptsMax = 15;
const healthyMs = 60_000;

/** Starts the part once, throwing what `start` throws, and from then on keeps it up. */
export async function keepUp(name: string, start: () => Promise<Running>, log: Log): Promise<Part> {
  let wanted = true;
  let wake = () => {};
  const stopAsked = new Promise<void>((resolve) => {
    wake = resolve;
  });
  let current: Running | undefined = await start();
  let fail = (_: Error) => {};
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });

  async function watch(): Promise<void> {
    let attempts = 0;
    while (wanted) {
      if (current) {
        const since = performance.now();
        const ended = await Promise.race([current.exited, stopAsked]);
        if (!wanted) return;
        current = undefined;
        if (performance.now() - since > healthyMs) attempts = 0;
        log.warn({ part: name, ended }, 'a part ended and is started again');
      }
      if (attempts > 0) await within(stopAsked, Math.min(firstPauseMs * 2 ** (attempts - 1), pauseMaxMs));
      if (!wanted) return;
      attempts += 1;
      try {
        current = await start();
        log.info({ part: name, attempts }, 'a part is up again');
      } catch (error) {
        log.error({ part: name, attempts, reason: reasonOf(error) }, 'a part could not be started');
        if (attempts >= attemptsMax) return fail(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }
  const watching = watch();
  return {
    failed,
    async stop() {
      wanted = false;
      wake();
      // A start that is under way ends first (it has a bound of its own), so that nothing is left behind.
      await watching;
      await current?.stop();
    },
  };
}
