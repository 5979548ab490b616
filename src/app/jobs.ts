/** The runner of jobs as the worker process has it: its pool, its list, its clock and its figures. */
import type { ParsedCronItem } from 'graphile-worker';
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
import { sendMailsTask, sendMailTask } from '../workers/tasks/send-mail.ts';
import { settleEventTask } from '../workers/tasks/settle-event.ts';
import { settleEventsTask } from '../workers/tasks/settle-events.ts';
import { settleOrderTask } from '../workers/tasks/settle-order.ts';

/**
 * Mails have places of their own: one that hangs, or a thousand that wait, keep nobody waiting who paid. A letter holds a connection
 * to Postgres while it is under way, and a minute of letters to a dead server is 2 x 60 / 20 s.
 */
const mailsAtOnce = 2;

/** `registry`: what this process counts. `ctxOf`: a context in the name of whoever the task acts as. */
export async function startJobs(
  config: Config,
  log: Log,
  registry: Registry,
  ctxOf: (name: string) => Ctx,
): Promise<{ stop(): Promise<void> }> {
  const { DATABASE_URL } = required(config, { DATABASE_URL: config.databaseUrl });
  const { concurrency, nightly, metricsPort } = config.jobs;
  collectDefaultMetrics({ register: registry });
  const figures =
    metricsPort === undefined ? undefined : await serveMetrics(registry, metricsPort, config.host);
  const ctx = ctxOf('worker');
  const ran = createTaskMetrics(registry, taskNames);
  const start = (places: number, tasks: TaskList, cron: ParsedCronItem[]) =>
    startTasks({
      pool: openJobPool({
        url: DATABASE_URL,
        concurrency: places,
        statementMs: config.pgStatementTimeoutMs,
        onIdleError: (err) => log.warn({ err }, 'an idle connection to Postgres was lost'),
      }),
      ears: createEars(ctx.db, () => performance.now()),
      log,
      concurrency: places,
      // The other half is for what jobs have decided: it is written into the records behind them.
      stopMs: config.shutdownGraceMs / 2,
      cron,
      ran,
      tasks,
    });
  const books = { ...ctxOf('reconciliation'), provider: providerOf(config, ctx) };
  const running = [
    start(concurrency, tasksOf(ctx, books, nightly.mode), cronOf(nightly, ctx.clock.now)),
    start(mailsAtOnce, { send_mail: sendMailTask(ctx), send_mails: sendMailsTask(ctx) }, []),
  ];
  return {
    async stop() {
      await Promise.all(running.map((runner) => runner.stop()));
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
    settle_events: settleEventsTask(ctx),
    settle_event: settleEventTask(ctx),
    settle_order: settleOrderTask(ctx),
    capture_payment: capturePaymentTask(ctx),
    carry_out_refund: carryOutRefundTask(ctx),
    refund_event: refundEventTask(ctx),
    reconcile: reconcile(books),
    reconcile_nightly: reconcileNightly(books, mode),
    audit_monthly: auditMonthly(books),
    prune: prune(books),
    refresh_sales_velocity: refreshSalesVelocity(books),
  };
}
