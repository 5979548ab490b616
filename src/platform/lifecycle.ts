/**
 * Shutting down in the order users feel it: what was started last stops first, each step within its own bound, and a step
 * that fails or hangs never keeps the others from running.
 *
 *   running -> stopping  a signal, the loss of the parent, or stop()
 *   stopping -> stopped  every step has run
 *   stopping -> (exit)   a second signal: at once
 */
import { within } from './embedded/child.ts';
import type { Log } from './log.ts';

export type Lifecycle = {
  /** Registers a step; steps run in reverse order of registration. */
  onStop(name: string, step: () => Promise<unknown> | unknown, boundMs: number): void;
  /** Runs the steps once; later calls wait for the same run. */
  stop(reason: string): Promise<void>;
  stopping(): boolean;
  /** Settles when stop() has run, whoever asked for it. */
  stopped: Promise<void>;
};

/** `before` runs ahead of all steps: it ends what is still starting, so that every step is registered by then. */
export function createLifecycle(log: Log, before?: () => Promise<unknown>): Lifecycle {
  const steps: { name: string; step: () => Promise<unknown> | unknown; boundMs: number }[] = [];
  let running: Promise<void> | undefined;
  let settle = () => {};
  const stopped = new Promise<void>((resolve) => {
    settle = resolve;
  });
  async function runAll(reason: string): Promise<void> {
    log.info({ reason }, 'stopping');
    await before?.().catch(() => {});
    for (let next = steps.pop(); next; next = steps.pop()) {
      const { name, step, boundMs } = next;
      try {
        const done = await within(
          Promise.resolve(step()).then(() => true),
          boundMs,
        );
        if (!done) log.warn({ step: name, boundMs }, 'a step of the shutdown took too long and was left');
      } catch (err) {
        log.error({ step: name, err }, 'a step of the shutdown failed');
      }
    }
    log.info('stopped');
    settle();
  }
  return {
    onStop: (name, step, boundMs) => void steps.push({ name, step, boundMs }),
    stop(reason) {
      running ??= runAll(reason);
      return running;
    },
    stopping: () => running !== undefined,
    stopped,
  };
}

/** npm sends its child the Ctrl-C that the terminal has sent it already: a signal this soon is the same wish. */
const sameWishMs = 1_000;

/**
 * Stops on SIGINT and SIGTERM, and when the process that started us is gone: its end of the IPC channel closes even when
 * it was killed. A second signal ends the process at once.
 */
export function stopOnSignals(lifecycle: Lifecycle): void {
  let askedAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const now = performance.now();
      askedAt ??= now;
      if (now - askedAt > sameWishMs) process.exit(signal === 'SIGINT' ? 130 : 143);
      void lifecycle.stop(signal);
    });
  }
  if (process.channel) process.on('disconnect', () => void lifecycle.stop('the supervisor is gone'));
}
