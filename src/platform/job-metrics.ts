/**
 * Where the jobs stand and what the last reconciliation left open, read from Postgres by every server: what says that nobody
 * does the work must not live in the process that does it.
 */
import { Gauge, type Registry } from 'prom-client';

export type JobFigures = {
  jobs: { task: string; pending: number; oldestSeconds: number; dead: number }[];
  /** Unix seconds, by task. */
  successes: { task: string; at: number }[];
  /** Unix seconds, by kind. */
  reconciliations: { kind: string; at: number }[];
  /** What the last full run left open. `units`: minor units for revenue. */
  open: { check: string; currency: string | null; findings: number; units: number }[];
};

/** Findings by the name of their metric; the others are in holdfast_integrity_open_findings. */
const ofCheck: Record<string, [name: string, help: string]> = {
  paid_without_tickets: [
    'paid_orders_without_tickets',
    'Paid orders that have fewer tickets than were bought',
  ],
  tickets_without_payment: ['tickets_without_payment', 'Orders with living tickets that nobody paid'],
  duplicate_tickets: ['duplicate_tickets', 'Lines of orders with more living tickets than were bought'],
  oversold: ['oversold_tiers', 'Tiers and pools that promise more than there is'],
  negative: ['negative_availability_tiers', 'Tiers and pools with a counter below zero'],
  stale_orders: ['stale_pending_orders', 'Orders that are pending past their payment deadline'],
  refunds_not_done: ['refunds_not_done', 'Refunds that were decided and not carried out'],
  webhooks_unsettled: ['webhooks_unsettled', 'Webhooks that were stored and not settled'],
  incidents_open: ['incidents_open', 'Incidents that wait for a person'],
};

export function createJobMetrics(registry: Registry, tasks: readonly string[]) {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `holdfast_${name}`, help, labelNames, registers });
  const pending = gauge('jobs_pending', 'Jobs that are not done', ['task']);
  const oldest = gauge('jobs_oldest_age_seconds', 'How long the oldest due job has waited', ['task']);
  const dead = gauge('jobs_dead', 'Jobs that failed as often as they may', ['task']);
  const success = gauge('task_last_success_timestamp_seconds', 'When a task was last done, Unix seconds', [
    'task',
  ]);
  const last = gauge(
    'reconciliation_last_success_timestamp_seconds',
    'When a run last came to its end, Unix seconds',
    ['kind'],
  );
  const open = gauge('integrity_open_findings', 'What the last full reconciliation left open, by check', [
    'check',
  ]);
  const single = Object.entries(ofCheck).map(
    ([check, [name, help]]) =>
      [check, gauge(`integrity_${name}`, `${help}, as the last full run left it`)] as const,
  );
  const revenue = gauge(
    'integrity_revenue_mismatch',
    'Difference between the provider and the records in minor units, as the last full run left it',
    ['currency'],
  );
  return (figures: JobFigures): void => {
    const byTask = new Map(figures.jobs.map((row) => [row.task, row]));
    for (const task of new Set([...tasks, ...byTask.keys()])) {
      pending.set({ task }, byTask.get(task)?.pending ?? 0);
      oldest.set({ task }, byTask.get(task)?.oldestSeconds ?? 0);
      dead.set({ task }, byTask.get(task)?.dead ?? 0);
    }
    for (const { task, at } of figures.successes) success.set({ task }, at);
    for (const { kind, at } of figures.reconciliations) last.set({ kind }, at);
    open.reset();
    revenue.reset();
    for (const { check, findings, currency, units } of figures.open) {
      open.inc({ check }, findings);
      if (check === 'revenue' && currency !== null) revenue.set({ currency }, units);
    }
    for (const [check, metric] of single) {
      metric.set(
        figures.open.filter((row) => row.check === check).reduce((sum, row) => sum + row.findings, 0),
      );
    }
  };
}
