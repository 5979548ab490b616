/** Lets at most `runningMax` through at once and keeps at most `waitingMax` waiting, in order. Whoever is too many is told at once. */
export type Gate = <Result>(work: () => Promise<Result>, tooMany: () => Error) => Promise<Result>;

export function createGate(options: { runningMax: number; waitingMax: number }): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work, tooMany) => {
    if (running >= options.runningMax) {
      if (waiting.length >= options.waitingMax) throw tooMany();
      // Whoever leaves hands its place over, so nobody who comes meanwhile can take it.
      await new Promise<void>((resolve) => waiting.push(resolve));
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
