/** The runner of jobs as the worker process has it: its pool, its list, its clock and its figures. */
import { collectDefaultMetrics, type Registry } from 'prom-client';
import type { Ctx } from '../features/context.ts';
import { createEars } from '../features/jobs/hear.ts';
import type { ReconcileCtx } from '../features/reconcile/finding.ts';
import { openJobPool } from '../persistence/job-pool.ts';
import { type Config, required } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import { serveMetrics } from '../platform/metrics-server.ts';
import { createTaskMetrics } from '../platform/task-metrics.ts';
import { capturePaymentTask } from '../workers/tasks/capture-payment.ts';
import { carryOutRefundTask } from '../workers/tasks/carry-out-refund.ts';
import { cronOf } from '../workers/tasks/cron.ts';
import { prune, refreshSalesVelocity } from '../workers/tasks/housekeeping.ts';
import { startTasks, type TaskList } from '../workers/tasks/index.ts';
import { taskNames } from '../workers/tasks/list.ts';
import { auditMonthly, reconcile, reconcileNightly } from '../workers/tasks/reconcile.ts';
import { refundEventTask } from '../workers/tasks/refund-event.ts';
import { sendMailTask } from '../workers/tasks/send-mail.ts';
import { settleEventTask } from '../workers/tasks/settle-event.ts';
import { settleOrderTask } from '../workers/tasks/settle-order.ts';

/** `registry`: what this process counts. `ctxOf`: a context in the name of whoever the task acts as. */
export async function startJobs(
  config: Config,
  log: Log,
  registry: Registry,
  ctxOf: (name: string) => Ctx,
): Promise<{ stop(): Promise<void> }> {
  const { DATABASE_URL } = required({ DATABASE_URL: config.databaseUrl });
  const { concurrency, nightly, metricsPort } = config.jobs;
  collectDefaultMetrics({ register: registry });
  const figures =
    metricsPort === undefined ? undefined : await serveMetrics(registry, metricsPort, config.host);
  const ctx = ctxOf('worker');
  const running = startTasks({
    pool: openJobPool({
      url: DATABASE_URL,
      concurrency,
      statementMs: config.pgStatementTimeoutMs,
      onIdleError: (err) => log.warn({ err }, 'an idle connection to Postgres was lost'),
    }),
    ears: createEars(ctx.db, () => performance.now()),
    log,
    concurrency,
    // The other half is for what jobs have decided: it is written into the records behind them.
    stopMs: config.shutdownGraceMs / 2,
    cron: cronOf(nightly, ctx.clock.now),
    ran: createTaskMetrics(registry, taskNames),
    tasks: tasksOf(ctx, { ...ctxOf('reconciliation'), provider: providerOf(config, ctx) }, nightly.mode),
  });
  return {
    async stop() {
      await running.stop();
      await figures?.stop();
    },
  };
}

/** Whose books are compared with ours; nobody's where no provider is configured. */
function providerOf(config: Config, { payments }: Ctx): ReconcileCtx['provider'] {
  return config.payments.stripe === undefined ? undefined : payments;
}

function tasksOf(ctx: Ctx, books: ReconcileCtx, mode: Config['jobs']['nightly']['mode']): TaskList {
  return {
    settle_event: settleEventTask(ctx),
    settle_order: settleOrderTask(ctx),
    capture_payment: capturePaymentTask(ctx),
    carry_out_refund: carryOutRefundTask(ctx),
    refund_event: refundEventTask(ctx),
    send_mail: sendMailTask(ctx),
    reconcile: reconcile(books),
    reconcile_nightly: reconcileNightly(books, mode),
    audit_monthly: auditMonthly(books),
    prune: prune(books),
    refresh_sales_velocity: refreshSalesVelocity(books),
  };
}
