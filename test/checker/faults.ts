/**
 * The faults a run went through, and what each of them excuses: lateness of an expiry (I5) while something was down, and
 * the loss of what was acknowledged in the last seconds before Redis's own data was cut (I13).
 */
export type FaultLine = {
  at?: string;
  kind?: string;
  target?: string;
  detail?: { seconds?: number };
  until?: string;
};

/** Faults that destroy acknowledged data in Redis; `kill` is not one: the page cache survives it. */
const powerLoss = new Set(['aof-cut', 'aof-delete', 'flushall', 'power-loss']);
/** How much Redis may lose: appendfsync everysec was measured at 1.03 s, the design says 2. */
const lossMs = 2_000;
/** A reply already on its way when the power went may be read a little later. */
const replyMs = 1_000;
const outageMs = 10_000;
const settleMs = 5_000;
/** The sweeper runs every 250 ms; the design promises 2 s. */
const lateMs = 2_000;

export class FaultTimes {
  private readonly windows: { from: number; to: number }[] = [];
  private readonly losses: { from: number; to: number }[] = [];

  /** `unixMs` turns a monotonic time of the log into Unix ms. */
  add(fault: FaultLine, unixMs: (monotonic: string) => number): void {
    const from = unixMs(fault.at ?? '0');
    const to =
      fault.until !== undefined
        ? unixMs(fault.until)
        : fault.kind === 'sweeper-stopped'
          ? Number.POSITIVE_INFINITY
          : from + outageMs;
    this.windows.push({ from, to });
    if (powerLoss.has(fault.kind ?? '')) {
      const seconds = Math.min(fault.detail?.seconds ?? lossMs / 1_000, lossMs / 1_000);
      this.losses.push({ from: from - seconds * 1_000, to: from + replyMs });
    }
  }

  /** The latest a hold may end that fell due at `deadline`. Chains faults that follow each other. */
  latestEnd(deadline: number): number {
    let latest = deadline + lateMs;
    for (let grown = true; grown; ) {
      grown = false;
      for (const { from, to } of this.windows) {
        if (from <= latest && to + settleMs > latest && to >= deadline) {
          latest = to + settleMs;
          grown = true;
        }
      }
    }
    return latest;
  }

  /** Whether something acknowledged at this time may be gone. */
  mayBeLost(ackedAt: number): boolean {
    return this.losses.some(({ from, to }) => ackedAt >= from && ackedAt <= to);
  }

  get anyLoss(): boolean {
    return this.losses.length > 0;
  }
}
