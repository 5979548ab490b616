/**
 * Looks after the fence: probes every partition and rebuilds those that are not whole. Nobody has to tell a worker that
 * Redis was restarted, emptied, promoted or cut short; nor that it still has the scripts of the version before this one.
 */
import type { EventId } from '../../domain/ids.ts';
import { haveOurScripts } from '../../inventory/load-scripts.ts';
import { probe } from '../../inventory/probe.ts';
import { inTransaction } from '../../persistence/database.ts';
import { markAlive, readWatermarks, type Watermark } from '../../persistence/queries/journal-watermark.ts';
import { ensureWatermarks, openEvents } from '../../persistence/queries/partitions.ts';
import { type RebuildContext, type Rebuilt, rebuild, timeSourceOf } from './rebuild.ts';

export type WatchContext = RebuildContext & {
  partitions: number;
  /** Told at every look in which epoch each open partition is, whoever began it. Must not throw. */
  seen?: (epochs: { partition: number; epoch: number }[]) => void;
  /** For tests: `patienceMs` otherwise. */
  patienceMs?: number;
};

/** How often `alive_at` is written: an outage is measured to this precision, ms. */
const aliveEveryMs = 1_000;
/**
 * A worker that starts brings its scripts at once. One that had its own there and finds others has been overtaken by another
 * version, and is most likely about to be stopped: for so long it leaves them, or the two would rebuild in turns.
 */
const patienceMs = 60_000;

export type Watch = {
  /** One look at all partitions. Throws the fault of an unreachable Redis or Postgres. */
  look(): Promise<{ healthy: number[]; rebuilt: Rebuilt[] }>;
};

export function createWatch(ctx: WatchContext): Watch {
  let ensured = false;
  let aliveAt = Number.NEGATIVE_INFINITY;
  /** Partitions that have had our scripts, and since when they have others (by performance.now()), or undefined. */
  const overtaken = new Map<number, number | undefined>();
  const isPatient = (partition: number): boolean => {
    if (!overtaken.has(partition)) return false;
    const since = overtaken.get(partition) ?? performance.now();
    overtaken.set(partition, since);
    return performance.now() - since < (ctx.patienceMs ?? patienceMs);
  };

  const facts = () =>
    inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
      if (!ensured) await ensureWatermarks(tx, ctx.partitions);
      const watermarks = await readWatermarks(tx);
      return {
        watermarks: watermarks.filter(({ partition }) => partition < ctx.partitions),
        open: await openEvents(tx),
      };
    });

  return {
    async look() {
      const { watermarks, open } = await facts();
      ensured = true;
      ctx.seen?.(watermarks.filter(({ opened }) => opened));
      const events = new Map<number, EventId[]>();
      for (const { event, partition } of open)
        events.set(partition, [...(events.get(partition) ?? []), event]);

      const answers = await probe(
        ctx.redis,
        watermarks.map(({ partition, epoch }) => ({ partition, epoch, events: events.get(partition) ?? [] })),
        timeSourceOf(ctx),
      );
      const whole = (watermark: Watermark, index: number): boolean => {
        const answer = answers[index];
        if (!watermark.opened || answer?.state !== 'answered' || answer.broken.length > 0) return false;
        return answer.last.epoch === watermark.epoch && answer.last.entry >= watermark.entry;
      };
      const answering = watermarks.filter(whole);
      const ours = await haveOurScripts(ctx.redis, answering, timeSourceOf(ctx));
      const healthy = answering
        .filter(({ partition }, index) => {
          if (!ours[index]) return isPatient(partition);
          overtaken.set(partition, undefined);
          return true;
        })
        .map(({ partition }) => partition);
      const rebuilt: Rebuilt[] = [];
      const failures: unknown[] = [];
      for (const { partition } of watermarks) {
        if (healthy.includes(partition)) continue;
        // One partition that cannot be rebuilt (its journal has a gap, say) must not keep the others closed.
        await rebuild(ctx, partition).then(
          (one) => {
            rebuilt.push(one);
            if (one.state === 'rebuilt') overtaken.set(partition, undefined);
          },
          (error) => failures.push(error),
        );
      }
      if (performance.now() - aliveAt >= aliveEveryMs) {
        const alive = [
          ...healthy,
          ...rebuilt.filter(({ state }) => state !== 'busy').map(({ partition }) => partition),
        ];
        await inTransaction(ctx.db, { role: 'worker' }, (tx) => markAlive(tx, alive));
        aliveAt = performance.now();
      }
      if (failures.length > 0) throw failures[0];
      return { healthy, rebuilt };
    },
  };
}
