/**
 * Queues: work of one queue never runs at the same time. A process passes by the jobs of the queues its jobs work at; two that
 * it took at once wait for each other here, and for other processes at a lock in Postgres. A lane is the same of one process alone.
 */
import type { JobPool } from '../../persistence/job-pool.ts';
import { flagOfQueue, laneFlagOf, queueOf } from '../../persistence/queries/jobs.ts';

/** Runs `work` when the queue is free. */
export type InQueue = <Result>(queue: string, work: () => Promise<Result>) => Promise<Result>;

export type Queues = {
  /** Flags of jobs that are not to be taken now. */
  busy(): string[];
  inQueue: InQueue;
  /**
   * Runs a job when the queue among its flags is free; at once when there is none. Answers false, and has begun nothing, when this
   * process has a job of its lane in hand: two were taken at once.
   */
  ofJob(flags: Record<string, true> | null, work: () => Promise<void>): Promise<boolean>;
};

/** What waits longer is tried again later, and lets others have its place. */
const waitMs = 30_000;

export function createQueues({ take }: Pick<JobPool, 'take'>): Queues {
  const last = new Map<string, Promise<unknown>>();
  /** How many jobs with each flag of a queue or lane were taken. */
  const jobs = new Map<string, number>();

  const inQueue: InQueue = async (queue, work) => {
    const before = last.get(queue);
    const mine = (before ?? Promise.resolve()).then(async () => {
      const free = await take(queue, waitMs);
      return work().finally(free);
    });
    // The next one waits for this one, however it ends.
    const over = mine.catch(() => undefined);
    last.set(queue, over);
    try {
      return await mine;
    } finally {
      if (last.get(queue) === over) last.delete(queue);
    }
  };
  const passedBy = async (flag: string, work: () => Promise<void>): Promise<void> => {
    jobs.set(flag, (jobs.get(flag) ?? 0) + 1);
    try {
      await work();
    } finally {
      const left = (jobs.get(flag) ?? 1) - 1;
      if (left > 0) jobs.set(flag, left);
      else jobs.delete(flag);
    }
  };
  return {
    busy: () => [...jobs.keys()],
    inQueue,
    async ofJob(flags, work) {
      const queue = queueOf(flags);
      const lane = laneFlagOf(flags);
      if (lane !== undefined && jobs.has(lane)) return false;
      if (queue !== undefined) await passedBy(flagOfQueue(queue), () => inQueue(queue, work));
      else if (lane !== undefined) await passedBy(lane, work);
      else await work();
      return true;
    },
  };
}
