/**
 * Queues: jobs of one queue never run at the same time. A process passes by the jobs of the queues it works at; two that it
 * took at once wait for each other here, and for other processes at a lock in Postgres.
 */
import type { JobPool } from '../../persistence/job-pool.ts';
import { flagOfQueue, queueOf } from '../../persistence/queries/jobs.ts';

export type Queues = {
  /** Flags of jobs that are not to be taken now. */
  busy(): string[];
  /** Runs `work` when the queue among the flags is free; at once when there is none. */
  inQueue(flags: Record<string, true> | null, work: () => Promise<void>): Promise<void>;
};

/** A job that waits longer is tried again later, and lets others have its place. */
const waitMs = 30_000;

export function createQueues({ take }: Pick<JobPool, 'take'>): Queues {
  const last = new Map<string, Promise<void>>();
  return {
    busy: () => [...last.keys()].map(flagOfQueue),
    async inQueue(flags, work) {
      const queue = queueOf(flags);
      if (queue === undefined) return work();
      const before = last.get(queue);
      const mine = (before ?? Promise.resolve()).then(async () => {
        const free = await take(queue, waitMs);
        await work().finally(free);
      });
      // The next one waits for this one, however it ends.
      const over = mine.catch(() => undefined);
      last.set(queue, over);
      try {
        await mine;
      } finally {
        if (last.get(queue) === over) last.delete(queue);
      }
    },
  };
}
