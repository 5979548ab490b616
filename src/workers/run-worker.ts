/**
 * The one loop all duties run in. A duty is a step; here are its pace, its patience with failures, and its end.
 *
 *   working   the step is running; `more` begins the next one at once
 *   idle      nothing was left; the next step begins after `idleMs`
 *   failing   the step threw; the next one begins after a random time that grows with every failure in a row
 *   draining  `stop` was called: a duty that drains goes on until nothing is left, at most `drainMs`
 *   stopped
 */
export type Ticked = {
  /** What was done, in the duty's own unit. */
  done: number;
  /** The next step begins at once. */
  more: boolean;
  /** The pause before it when there is not more, ms; the duty's `idleMs` when left out. */
  restMs?: number;
};

export type Duty = {
  name: string;
  idleMs: number;
  /** On `stop`, whether what is left is done first. */
  drains?: boolean;
  tick(): Promise<Ticked>;
};

/** Called from outside, for metrics and the log; must not throw. */
export type Hooks = {
  ticked?(duty: string, done: number, ms: number): void;
  /** `failures` in a row, this one included. */
  failed?(duty: string, error: unknown, failures: number): void;
};

export type Running = { name: string; stop(): Promise<void> };

export const backoffMinMs = 100;
/** A duty with nothing to do looks several times a second; one that fails once a second costs less than that. */
export const backoffMaxMs = 1_000;
/** Half of what a process is given to end in order. */
const drainMs = 5_000;

/** Full jitter: between nothing and a bound that doubles, so that workers which failed together do not return together. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  return random() * Math.min(backoffMaxMs, backoffMinMs * 2 ** Math.min(failures - 1, 10));
}

export function runWorker(duty: Duty, hooks: Hooks = {}): Running {
  let stopAt: number | undefined;
  let wake = () => {};
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const wanted = (more: boolean) =>
    stopAt === undefined || (duty.drains === true && more && performance.now() < stopAt);

  const work = async (): Promise<void> => {
    let failures = 0;
    let more = true;
    while (wanted(more)) {
      const startedAt = performance.now();
      let restMs = 0;
      try {
        const ticked = await duty.tick();
        failures = 0;
        more = ticked.more;
        if (!more) restMs = ticked.restMs ?? duty.idleMs;
        hooks.ticked?.(duty.name, ticked.done, performance.now() - startedAt);
      } catch (error) {
        failures += 1;
        restMs = backoffMs(failures);
        hooks.failed?.(duty.name, error, failures);
        // What fails while stopping is left to the next process.
        more = stopAt === undefined;
      }
      if (restMs > 0 && stopAt === undefined) {
        await pause(restMs);
        // What came during the pause is left too.
        if (failures === 0 && stopAt !== undefined && duty.drains === true) more = true;
      }
    }
  };
  const ended = work();
  return {
    name: duty.name,
    async stop() {
      stopAt ??= performance.now() + drainMs;
      wake();
      await ended;
    },
  };
}
