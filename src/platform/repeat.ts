/** Work that is done again and again at a distance: never twice at once, and one failure does not end it. */
import type { Log } from './log.ts';

export type Repeated = {
  /** No further round begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
};

/** Begins at once; `ms` is the pause between the end of a round and the next. */
export function every(ms: number, log: Log, name: string, round: () => Promise<void>): Repeated {
  let wanted = true;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  const begin = () => {
    current = round()
      .catch((err: unknown) => log.warn({ err, work: name }, 'a round failed and is tried again'))
      .then(() => {
        if (wanted) timer = setTimeout(begin, ms);
      });
  };
  begin();
  return {
    async stop() {
      wanted = false;
      clearTimeout(timer);
      await current;
    },
  };
}
