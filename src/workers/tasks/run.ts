/**
 * One task as graphile-worker calls it: what it is given is checked, what came of it is told. A failure is thrown on, so that
 * the job is tried again after a pause that grows (2.7 s, 7 s, 20 s, 55 s, 2.5 min ... 6 h in all) or is dead.
 */
import type { JobHelpers } from 'graphile-worker';
import type { TaskName, Tasks } from '../../domain/tasks.ts';
import type { Queues } from '../../features/jobs/queues.ts';
import { type Around, payloads, type Task } from './list.ts';

/** Until a job is taken again whose lane had one already, ms. */
const laneBusyMs = 1_000;

export type Outcome = 'done' | 'failed' | 'dead';

export type Ran = {
  task: TaskName;
  outcome: Outcome;
  seconds: number;
  /** The job's id and which attempt this was. */
  job: string;
  attempt: number;
  err?: unknown;
};

export function running<Name extends TaskName>(
  name: Name,
  task: Task<Name>,
  queues: Queues,
  isStopping: Around['isStopping'],
  tell: (ran: Ran) => void,
) {
  const around: Around = { inQueue: queues.inQueue, isStopping };
  return async (raw: unknown, { job, addJob }: JobHelpers): Promise<void> => {
    const begun = performance.now();
    const say = (outcome: Outcome, err?: unknown) =>
      tell({
        task: name,
        outcome,
        seconds: (performance.now() - begun) / 1_000,
        job: job.id,
        attempt: job.attempts,
        ...(err === undefined ? {} : { err }),
      });
    try {
      const payload = payloads[name].parse(raw) as Tasks[Name];
      if (!(await queues.ofJob(job.flags, () => task(payload, around)))) {
        const { priority, max_attempts: maxAttempts, flags } = job;
        const runAt = new Date(Date.now() + laneBusyMs);
        await addJob(job.task_identifier, raw, {
          runAt,
          priority,
          maxAttempts,
          flags: Object.keys(flags ?? {}),
        });
        return;
      }
    } catch (err) {
      say(job.attempts >= job.max_attempts ? 'dead' : 'failed', err);
      throw err;
    }
    say('done');
  };
}
