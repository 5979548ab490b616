/**
 * Lets at most `runningMax` through at once and keeps at most `waitingMax` waiting, in order, for `waitMs` at most where that is
 * said. Whoever is too many is told at once, and who waited too long is told then: nothing of their work was begun.
 */
export type Gate = <Result>(work: () => Promise<Result>, tooMany: () => Error) => Promise<Result>;

export function createGate(options: { runningMax: number; waitingMax: number; waitMs?: number }): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work, tooMany) => {
    if (running >= options.runningMax) {
      if (waiting.length >= options.waitingMax) throw tooMany();
      // Whoever leaves hands its place over, so nobody who comes meanwhile can take it.
      await new Promise<void>((resolve, reject) => {
        const timer =
          options.waitMs === undefined
            ? undefined
            : setTimeout(() => {
                waiting.splice(waiting.indexOf(enter), 1);
                reject(tooMany());
              }, options.waitMs);
        const enter = () => {
          clearTimeout(timer);
          resolve();
        };
        waiting.push(enter);
      });
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
