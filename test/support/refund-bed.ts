/** Orders that were really bought: a site, a local Stripe spoken to by the real SDK, jobs run by graphile-worker. */
import { randomUUID } from 'node:crypto';
import { Logger, runOnce } from 'graphile-worker';
import { sql } from 'kysely';
import type pg from 'pg';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect } from 'vitest';
import { type StripeSandbox, startStripeSandbox } from '../../sandbox/stripe/index.ts';
import {
  type EventId,
  type LineId,
  type OrderId,
  readId,
  type TicketId,
  type UserId,
} from '../../src/domain/ids.ts';
import type { Ctx } from '../../src/features/context.ts';
import { reserve } from '../../src/features/holds/reserve.ts';
import { checkout } from '../../src/features/orders/checkout.ts';
import { settleOrder } from '../../src/features/orders/settle.ts';
import { createStripePayments } from '../../src/payments/stripe.ts';
import { inTransaction, type Tx } from '../../src/persistence/database.ts';
import { openJobPool } from '../../src/persistence/job-pool.ts';
import { orderById, ticketsOf } from '../../src/persistence/queries/orders.ts';
import { carryOutRefundTask } from '../../src/workers/tasks/carry-out-refund.ts';
import { refundEventTask } from '../../src/workers/tasks/refund-event.ts';
import { onSale, type Show } from './client.ts';
import { freshDatabase } from './database.ts';
import { type Site, startSite } from './site.ts';

export type Bed = {
  site: Site;
  ctx: Ctx;
  sandbox: StripeSandbox;
  /** Of somebody else with our key: the provider's own dashboard. */
  stripe: Stripe;
  pool: pg.Pool;
  stop(): Promise<void>;
};

/** Of all the tests of a file; `begun` is given it. */
export function useRefundBed(begun: (bed: Bed) => void): void {
  let bed: Bed | undefined;
  beforeAll(async () => {
    bed = await startRefundBed();
    begun(bed);
  });
  afterAll(async () => {
    await bed?.stop();
    expect(bed?.site.errors).toEqual([]);
  });
}

export const priced = (price: number, capacity = 10) => ({ name: 'Floor', price, capacity });

async function startRefundBed(): Promise<Bed> {
  const url = await freshDatabase();
  const sandbox = await startStripeSandbox({ settleMs: 60_000 });
  const { secretKey, webhookSecret, port } = sandbox;
  const payments = createStripePayments({
    secretKey,
    webhookSecrets: [webhookSecret],
    apiBase: sandbox.url,
    timeoutMs: 2_000,
  });
  const site = await startSite(url, {}, () => ({}), payments);
  const jobs = openJobPool({ url, concurrency: 4, statementMs: 5_000 });
  return {
    site,
    ctx: site.ctx,
    sandbox,
    stripe: new Stripe(secretKey, { host: '127.0.0.1', port, protocol: 'http', telemetry: false }),
    pool: jobs.pool,
    async stop() {
      await jobs.close();
      await site.stop();
      await sandbox.stop();
    },
  };
}

export type Bought = {
  order: OrderId;
  user: UserId;
  intent: string;
  event: EventId;
  tier: LineId;
  tickets: TicketId[];
  total: number;
};

export async function showOf(bed: Bed, tiers: (number | object)[]): Promise<Show> {
  return onSale(bed.site, tiers);
}

/** Held, checked out, paid, settled. `meanwhile`: what happens between hold and checkout. */
export async function buy(
  { ctx, sandbox }: Bed,
  show: Show,
  quantity: number,
  method = 'pm_card_visa',
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<Bought> {
  const event = readId('event', show.id) as EventId;
  const tier = readId('tier', show.tiers[0]!) as LineId;
  const user = randomUUID() as UserId;
  const key = randomUUID();
  const held = await reserve(ctx, user, event, { items: [{ tierId: tier, quantity }] }, key);
  if (held.status !== 'held') throw new Error(`not held: ${held.status}`);
  await meanwhile();
  const buyer = { email: `${key}@example.test` };
  const out = await checkout(ctx, user, held.hold.hold, { buyer, mode: 'hosted' }, { key, hash: key });
  if (out.status !== 'checked_out') throw new Error(`not checked out: ${out.status}`);
  const { order, total, ref } = out.order;
  if (total > 0) {
    sandbox.control.pay(ref!.id, { method });
    const settled = await settleOrder(ctx, order);
    if (settled.status !== 'settled') throw new Error(`not settled: ${settled.status}`);
  }
  const { row, tickets } = await look(ctx, async (tx) => ({
    row: await orderById(tx, order),
    tickets: await ticketsOf(tx, order),
  }));
  if (row?.status !== 'paid') throw new Error(`not paid: ${row?.status}`);
  return {
    order,
    user,
    intent: row.intent ?? '',
    event,
    tier,
    total,
    tickets: tickets.map((each) => each.ticket),
  };
}

export function look<Result>(ctx: Ctx, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return inTransaction(ctx.db, { role: 'worker', readOnly: true }, work);
}

/** Runs what is due, and what that adds, to the end; what failed is tried again at once. Those of other parts are left alone. */
export async function runJobs(bed: Bed): Promise<void> {
  let failures: string[] = [];
  for (let round = 0; round < roundsMax; round++) {
    await runDue(bed);
    const { rows } = await bed.pool.query<{ last_error: string | null }>(`
      update graphile_worker._private_jobs j set run_at = now() from graphile_worker._private_tasks t
      where t.id = j.task_id and t.identifier in ('carry_out_refund', 'refund_event')
        and (j.run_at <= now() or j.attempts > 0) returning j.last_error`);
    if (rows.length === 0) return;
    failures = rows.map((row) => row.last_error ?? 'waits for its turn');
  }
  throw new Error(`jobs do not end: ${failures.join('; ')}`);
}

const roundsMax = 5;

async function runDue({ ctx, pool }: Bed): Promise<void> {
  await runOnce({
    pgPool: pool,
    logger: new Logger(() => () => undefined),
    noHandleSignals: true,
    taskList: {
      carry_out_refund: (payload) => carryOutRefundTask(ctx)(payload as { refund: string }),
      refund_event: (payload) => refundEventTask(ctx)(payload as { event: string }),
    },
  });
}

/** Brings forward what waits for a later time. */
export async function hurryJobs({ pool }: Bed): Promise<void> {
  await pool.query(
    'update graphile_worker._private_jobs set run_at = now() where locked_at is null and run_at > now()',
  );
}

/** Everything about an order that a refund may move, once the journal has come as far as Redis. */
export async function stateOf({ ctx }: Bed, bought: Bought) {
  await caughtUp(ctx, bought.event);
  const snapshot = await ctx.inventory.snapshot({ event: bought.event });
  if (snapshot.status !== 'snapshot') throw new Error(snapshot.status);
  const line = snapshot.lines.find(({ line }) => line === bought.tier)!;
  const rows = await look(ctx, async (tx) => ({
    order: await orderById(tx, bought.order),
    tickets: await ticketsOf(tx, bought.order),
    refunds: await tx
      .selectFrom('ticketing.refund_log')
      .select(['kind', 'status', 'amount_cents', 'id'])
      .where('order_id', '=', bought.order)
      .orderBy('requested_at')
      .execute(),
    incidents: await tx
      .selectFrom('ticketing.incidents')
      .select('kind')
      .where('order_id', '=', bought.order)
      .orderBy('kind')
      .execute(),
    tier: await tx
      .selectFrom('ticketing.ticket_tiers')
      .select(['quantity', 'issued_quantity as sold', 'withheld_quantity as withheld'])
      .where('id', '=', bought.tier)
      .executeTakeFirstOrThrow(),
  }));
  const payment = bought.intent ? await ctx.payments.look({ kind: 'intent', id: bought.intent }) : undefined;
  return {
    order: rows.order?.status,
    tickets: rows.tickets.map(({ status }) => status).sort(),
    refunds: rows.refunds.map(({ kind, status, amount_cents }) => `${kind} ${status} ${amount_cents}`),
    incidents: rows.incidents.map(({ kind }) => kind),
    /** At the provider. */
    refunded: payment?.refunded ?? 0,
    redis: { capacity: line.capacity, sold: line.sold, withheld: line.withheld },
    records: { capacity: rows.tier.quantity, sold: rows.tier.sold, withheld: rows.tier.withheld },
  };
}

async function caughtUp(ctx: Ctx, event: EventId): Promise<void> {
  const audit = await ctx.inventory.audit({ event });
  if (audit.status !== 'audit') throw new Error(audit.status);
  for (let tries = 0; tries < 500; tries++) {
    const { rows } = await look(ctx, (tx) =>
      sql<{
        v: number;
      }>`select projected_version as v from ticketing.journal_heads where event_id = ${event}`.execute(tx),
    );
    if ((rows[0]?.v ?? 0) >= audit.version) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the journal was not applied within 5 s');
}
