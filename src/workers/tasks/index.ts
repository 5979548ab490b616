/**
 * Runs the jobs of src/domain/tasks.ts by graphile-worker.
 *
 *   starting   no runner yet, or the last one ended: Postgres was away while a job was being finished. The next one begins
 *              after a pause that grows
 *   running    jobs are taken as they are added (LISTEN) or fall due (a look every `pollMs`), `concurrency` at a time; the
 *              runner is heard of every 2 s
 *   stopping   `stop` was called: no further job is taken; what runs is waited for, `stopMs` at most, and then given back
 *   stopped
 *
 * Neither its queues nor its local queue are used: decision 0121.
 */
import { EventEmitter } from 'node:events';
import {
  type TaskList as GraphileTasks,
  Logger,
  type ParsedCronItem,
  type Runner,
  run,
  type WorkerEvents,
  type WorkerPool,
} from 'graphile-worker';
import type { TaskName } from '../../domain/tasks.ts';
import type { Log } from '../../features/context.ts';
import type { Ears } from '../../features/jobs/hear.ts';
import { createQueues, type Queues } from '../../features/jobs/queues.ts';
import type { JobPool } from '../../persistence/job-pool.ts';
import { backoffMs } from '../run-worker.ts';
import type { Around, TaskList } from './list.ts';
import { type Ran, running } from './run.ts';

export type { Task, TaskList } from './list.ts';
export type { Ran } from './run.ts';

export type TasksCtx = {
  /** Of the worker role. It is closed when the tasks have stopped. */
  pool: JobPool;
  tasks: TaskList;
  ears: Ears;
  log: Log;
  /** Jobs at the same time. */
  concurrency: number;
  /** How long `stop` waits for what runs, ms. */
  stopMs: number;
  cron?: ParsedCronItem[];
  /** For metrics; must not throw. */
  ran?: (ran: Ran) => void;
};

export type RunningTasks = {
  /** The name of the runner at this moment, as it stands beside the jobs it has locked; undefined while there is none. */
  runner(): string | undefined;
  stop(): Promise<void>;
};

/** For jobs of a later time and retries; new ones are heard of at once. */
const pollMs = 1_000;
/**
 * Without a delay, however short, the end of a job is written and not waited for: a connection that is lost in that moment is an
 * unhandled rejection, and the job stays locked. With one the runner ends over it: the next one begins, and the job is given back.
 */
const carefulEnd = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } };
/** A runner that lived so long did not fail because of what was wrong when it began. */
const steadyMs = 5_000;
/** What a runner is given to return what it has locked, after it was told to give up. */
const giveUpMs = 2_000;

export function startTasks(ctx: TasksCtx): RunningTasks {
  const { pool, ears, log } = ctx;
  const queues = createQueues(pool);
  let stopping: Promise<void> | undefined;
  let wake = () => {};
  let current: { runner?: Runner; pool?: WorkerPool } = {};
  const successes = new Map<string, number>();

  const tell = (ran: Ran) => {
    if (ran.outcome === 'done') successes.set(ran.task, Date.now());
    else
      log[ran.outcome === 'dead' ? 'error' : 'warn'](
        { ...ran },
        `a job ${ran.outcome === 'dead' ? 'is dead' : 'failed and is tried again'}`,
      );
    ctx.ran?.(ran);
  };
  const taskList = listOf(ctx.tasks, queues, () => stopping !== undefined, tell);

  const hear = async (): Promise<void> => {
    const id = current.pool?.id;
    if (id === undefined) return;
    const told = new Map(successes);
    const freed = await ears.hear(id, told);
    for (const [task, at] of told) if (successes.get(task) === at) successes.delete(task);
    if (freed.length > 0) log.warn({ runners: freed }, 'jobs of runners that died were given back');
  };
  const beat = () =>
    hear().catch((err: unknown) => log.warn({ err }, 'the runner of jobs could not be heard of'));
  const timer = setInterval(() => void beat(), ears.everyMs);

  const once = async (): Promise<void> => {
    await assertRole(pool);
    const events: WorkerEvents = new EventEmitter();
    const mine: typeof current = {};
    current = mine;
    events.on('pool:create', ({ workerPool }) => {
      mine.pool = workerPool;
      void beat();
    });
    mine.runner = await run({
      pgPool: pool.pool,
      forbiddenFlags: queues.busy,
      taskList,
      parsedCronItems: ctx.cron ?? [],
      concurrency: ctx.concurrency,
      pollInterval: pollMs,
      preset: carefulEnd,
      noHandleSignals: true,
      logger: loggerOn(log),
      events,
    });
    if (stopping) await mine.runner.stop();
    await mine.runner.promise;
  };

  const keepRunning = async (): Promise<void> => {
    let failures = 0;
    while (!stopping) {
      const begun = performance.now();
      const err: unknown = await once().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (stopping) return;
      failures = performance.now() - begun > steadyMs ? 1 : failures + 1;
      log.warn({ err, failures }, 'the runner of jobs ended and is started again');
      await new Promise<void>((resolve) => {
        const pause = setTimeout(resolve, backoffMs(failures));
        wake = () => {
          clearTimeout(pause);
          resolve();
        };
      });
    }
  };
  const ended = keepRunning();

  const stop = async (): Promise<void> => {
    wake();
    const { runner, pool: workers } = current;
    const over = (async () => {
      await runner?.stop().catch(() => undefined);
      await ended;
    })();
    if (!(await within(over, ctx.stopMs))) {
      await within(Promise.resolve(workers?.forcefulShutdown('it took too long to stop')), giveUpMs);
      await within(over, giveUpMs);
    }
    clearInterval(timer);
    if (workers) {
      await beat();
      await ears
        .forget(workers.id)
        .catch((err: unknown) => log.warn({ err }, 'the runner could not be forgotten'));
    }
    await within(pool.close(), giveUpMs);
  };
  return {
    runner: () => current.pool?.id,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Whether it ended in time, well or not. */
async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  const done = work.then(
    () => true,
    () => true,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

async function assertRole({ pool }: JobPool): Promise<void> {
  const { rows } = await pool.query<{ role: string }>('select current_user as role');
  const role = rows[0]?.role;
  if (role !== 'holdfast_worker') throw new Error(`the runner of jobs would work as ${role}`);
}

function listOf(
  tasks: TaskList,
  queues: Queues,
  isStopping: Around['isStopping'],
  tell: (ran: Ran) => void,
): GraphileTasks {
  const names = Object.keys(tasks) as TaskName[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const task = tasks[name] as ((payload: object, around: Around) => Promise<void>) | undefined;
      return task ? [[name, running(name, task, queues, isStopping, tell)] as const] : [];
    }),
  );
}

/** What concerns one job was told already; what is below a warning is graphile-worker talking to itself. */
function loggerOn(log: Log): Logger {
  return new Logger(() => (level, message, meta) => {
    if (level !== 'error' && level !== 'warning') return;
    if (meta?.['failure'] === true) return;
    log.warn({ from: 'graphile-worker', detail: message }, 'the runner of jobs says');
  });
}
