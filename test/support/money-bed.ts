/**
 * A site whose money is real enough: the local Stripe beside it, its webhooks sent to the site's own address, jobs run and duties
 * done, each by option. For tests that pay.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type SandboxOptions, type StripeSandbox, startStripeSandbox } from '../../sandbox/stripe/index.ts';
import type { Limits } from '../../src/features/context.ts';
import { createEars } from '../../src/features/jobs/hear.ts';
import type { Payments } from '../../src/payments/payments.ts';
import { createStripePayments, type StripeOptions } from '../../src/payments/stripe.ts';
import { openJobPool } from '../../src/persistence/job-pool.ts';
import type { Edge } from '../../src/server/edge.ts';
import { closePayments } from '../../src/workers/close-payments.ts';
import { pollPayments } from '../../src/workers/poll-payments.ts';
import { type Duty, runWorker } from '../../src/workers/run-worker.ts';
import { type RunningTasks, startTasks, type TaskList } from '../../src/workers/tasks/index.ts';
import { settleEventTask } from '../../src/workers/tasks/settle-event.ts';
import { settleEventsTask } from '../../src/workers/tasks/settle-events.ts';
import { settleOrderTask } from '../../src/workers/tasks/settle-order.ts';
import { freshDatabase } from './database.ts';
import { type Parts, type Site, startSite } from './site.ts';

export type MoneyBed = Site & {
  sandbox: StripeSandbox;
  payments: Payments;
  databaseUrl: string;
  stop(): Promise<void>;
};

export type MoneyOptions = {
  sandbox?: Omit<SandboxOptions, 'endpoints'>;
  /** Whether the sandbox sends its events to the site. Default true. */
  webhooks?: boolean;
  /** Whether jobs are run. Default true. */
  jobs?: boolean;
  /** More tasks than those of payments. */
  tasks?: (site: Site) => TaskList;
  /** The duties of payments, at their pace in ms. Default: none runs. */
  duties?: { pollMs?: number; closeMs?: number };
  limits?: Partial<Limits>;
  more?: (parts: Parts) => Partial<Edge>;
  stripe?: Partial<StripeOptions>;
};

export async function startMoneyBed(options: MoneyOptions = {}): Promise<MoneyBed> {
  const sandbox = await startStripeSandbox({ settleMs: 200, ...options.sandbox });
  const { secretKey, webhookSecret, url: apiBase } = sandbox;
  const payments = createStripePayments({
    secretKey,
    webhookSecrets: [webhookSecret],
    apiBase,
    ...options.stripe,
  });
  const databaseUrl = await freshDatabase();
  const site = await startSite(databaseUrl, options.limits, options.more, payments);
  if (options.webhooks !== false) sandbox.control.addEndpoint({ url: `${site.url}/v1/webhooks/stripe` });
  const tasks = options.jobs === false ? undefined : startJobs(site, databaseUrl, options.tasks?.(site));
  const running = dutiesOf(site, options).map((duty) => runWorker(duty));
  return {
    ...site,
    sandbox,
    payments,
    databaseUrl,
    async stop() {
      await Promise.all(running.map((duty) => duty.stop()));
      await tasks?.stop();
      await sandbox.stop();
      await site.stop();
    },
  };
}

function startJobs(site: Site, url: string, more: TaskList = {}): RunningTasks {
  const { ctx } = site;
  return startTasks({
    pool: openJobPool({ url, concurrency: 4, statementMs: 5_000 }),
    ears: createEars(ctx.db, () => performance.now()),
    tasks: {
      settle_events: settleEventsTask(ctx),
      settle_event: settleEventTask(ctx),
      settle_order: settleOrderTask(ctx),
      ...more,
    },
    log: ctx.log,
    concurrency: 4,
    stopMs: 5_000,
  });
}

function dutiesOf({ ctx }: Site, { duties = {} }: MoneyOptions): Duty[] {
  const { db, payments } = ctx;
  return [
    ...(duties.pollMs === undefined
      ? []
      : [pollPayments({ db, payments, now: ctx.clock.now, everyMs: duties.pollMs })]),
    ...(duties.closeMs === undefined ? [] : [closePayments(ctx, duties.closeMs)]),
  ];
}

/** Until `look` answers something, with a bound; what it answered. */
export async function eventually<Value>(
  what: string,
  look: () => Promise<Value | undefined | false>,
  boundMs = 10_000,
): Promise<Value> {
  const end = performance.now() + boundMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`it did not come true within ${boundMs} ms: ${what}`);
    await pause(10);
  }
}
