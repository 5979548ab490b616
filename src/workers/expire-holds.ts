/**
 * The sweeper: makes expiry prompt for people who watch. No guarantee hangs on it: every command that reads stock first
 * reclaims what is due.
 */
import type { Redis } from 'ioredis';
import { listOpenEvents } from '../features/journal/open-events.ts';
import { eventsWithDueHolds } from '../inventory/due.ts';
import type { Epochs } from '../inventory/epochs.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Database } from '../persistence/database.ts';
import type { Duty } from './run-worker.ts';

export type ExpireHoldsCtx = {
  db: Database;
  redis: Redis;
  inventory: Inventory;
  epochs: Epochs;
  /** The pause between two looks at the deadlines, 250 ms when left out. */
  sweepIntervalMs?: number | undefined;
  /** Called from outside, for metrics and the log; must not throw. */
  observe?: {
    expired?(event: string, holds: number): void;
    failed?(event: string, error: unknown): void;
    /** The list of open events could not be read; the one known is used on. */
    unlisted?(error: unknown): void;
  };
};

/** How long the list of open events is used before Postgres is asked again, ms. */
const openEventsMs = 1_000;
/** Calls of one step and event, 50 holds each: the others have their turn in between. */
const roundsMax = 50;

export function expireHolds(ctx: ExpireHoldsCtx): Duty {
  let open: { event: Parameters<Inventory['reclaim']>[0]['event']; partition: number }[] = [];
  let listed = false;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  /**
   * Beside the sweeps: people who watch should not see dead holds for as long as Postgres is down or slow. An event that
   * was opened or retired meanwhile is swept late or in vain, neither of which harms.
   */
  const refreshList = () => {
    reading ??= listOpenEvents(ctx.db)
      .then((events) => {
        open = events;
        listed = true;
      })
      .catch((error: unknown) => {
        if (!listed) throw error;
        ctx.observe?.unlisted?.(error);
      })
      .finally(() => {
        readAt = performance.now();
        reading = undefined;
      });
    return reading;
  };

  return {
    name: 'expire-holds',
    idleMs: ctx.sweepIntervalMs ?? 250,
    async tick() {
      if (performance.now() - readAt >= openEventsMs) {
        const reread = refreshList();
        if (!listed) await reread;
      }
      const targets = open.flatMap((one) => {
        const epoch = ctx.epochs.of(one.partition);
        return epoch === undefined ? [] : [{ ...one, epoch }];
      });
      let done = 0;
      let more = false;
      for (const event of await eventsWithDueHolds(ctx.redis, targets)) {
        try {
          for (let round = 0; round < roundsMax; round++) {
            const reclaimed = await ctx.inventory.reclaim({ event });
            if (reclaimed.status !== 'reclaimed') break;
            done += reclaimed.expired;
            ctx.observe?.expired?.(event, reclaimed.expired);
            if (!reclaimed.more) break;
            if (round === roundsMax - 1) more = true;
          }
        } catch (error) {
          // A fenced partition is the rebuild's business; the events of the others go on.
          ctx.observe?.failed?.(event, error);
        }
      }
      return { done, more };
    },
  };
}
