/** What a process that runs jobs counts about them. Where the jobs stand is counted by the servers (job-metrics.ts). */
import { Counter, Histogram, type Registry } from 'prom-client';

/** From a look at a row to a provider that takes its time; a nightly run is longer than the last edge. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function createTaskMetrics(registry: Registry, tasks: readonly string[]) {
  const registers = [registry];
  const runs = new Counter({
    name: 'holdfast_task_runs_total',
    help: 'Jobs that were run, by outcome: done, failed (it is tried again), dead (it is not)',
    labelNames: ['task', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'holdfast_task_duration_seconds',
    help: 'Time one run of a job took',
    labelNames: ['task'],
    buckets: seconds,
    registers,
  });
  for (const task of tasks) {
    for (const outcome of ['done', 'failed', 'dead']) runs.inc({ task, outcome }, 0);
    duration.zero({ task });
  }
  return (ran: { task: string; outcome: string; seconds: number }): void => {
    runs.inc({ task: ran.task, outcome: ran.outcome });
    duration.observe({ task: ran.task }, ran.seconds);
  };
}
