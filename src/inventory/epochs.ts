/**
 * Which epoch each partition is in. Postgres decides it (a rebuild raises it); a process keeps the last one it read and
 * asks again when Redis tells it that it is behind.
 */
export type Epochs = {
  /** The epoch of a partition, or undefined while it is not known or not open. */
  of(partition: number): number | undefined;
  /** Says that the known epoch was refused. Asks again, at most every `refreshGapMs`; returns at once. */
  suspect(): void;
  /** Asks now; for boot and for those who just rebuilt. */
  refresh(): Promise<void>;
};

const refreshGapMs = 100;

export function createEpochs(
  read: () => Promise<Map<number, number>>,
  onError: (error: unknown) => void,
): Epochs {
  let known = new Map<number, number>();
  let running: Promise<void> | undefined;
  let lastAt = 0;

  const refresh = (): Promise<void> => {
    running ??= read()
      .then((epochs) => {
        known = epochs;
      })
      .finally(() => {
        running = undefined;
        lastAt = performance.now();
      });
    return running;
  };
  return {
    of: (partition) => known.get(partition),
    suspect: () => {
      if (running === undefined && performance.now() - lastAt >= refreshGapMs) refresh().catch(onError);
    },
    refresh,
  };
}
