/**
 * P6: money. Orders that wait for their payment are paid at the provider, evenly at a rate; it tells the server by webhook, a job
 * settles the order, and the journal writes its ticket. From the payment at the provider (so the webhook's way is in it) to the
 * first look that finds the ticket in Postgres. Then those tickets are looked at by their owners and let in at the door.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventId, readId, showId, type TicketId } from '../src/domain/ids.ts';
import { derivedTicketKeys, ticketCode } from '../src/domain/ticket-code.ts';
import type { Requests, RequestsResult } from './drivers/requests.ts';
import { cpuMs, cpuMsWithChildren } from './lib/cpu-time.ts';
import { lettersSent, makeOrders, type Sold, soldWhile, type Waiting } from './lib/orders.ts';
import { drive } from './lib/processes.ts';
import type { Benchmark, Gate, Report } from './lib/report.ts';
import { type OnSale, putOnSale, type Stack, startStack } from './lib/stack.ts';
import { percentile } from './lib/statistics.ts';
import { type StripeSide, startStripeSide } from './lib/stripe-side.ts';

const capacity = 1_000_000;
const ordersPerSecond = 200;
/** As long as V8 goes on compiling at this rate; how a cold start fares is told beside. */
const warmSeconds = { quick: 10, full: 30 };
/** Tickets that are looked at and let in to warm up. */
const warmLooks = 2_000;
const lookups = { connections: 20, rate: 500 };
const scans = { connections: 10, rate: 200 };

type Bed = { stack: Stack; stripe: StripeSide; served: { url: string; pid: number }; sale: OnSale };
type Held = Waiting & Sold;

export const p6: Benchmark = {
  name: 'p6-money',
  title: `Money: from payment to ticket at ${ordersPerSecond} orders a second; tickets shown and let in`,
  async run({ quick }) {
    const seconds = quick ? [warmSeconds.quick, 3] : [warmSeconds.full, 20];
    const stripe = await startStripeSide();
    try {
      const stack = await startStack(stripe.settings);
      try {
        const served = await stack.serve();
        const sale = await putOnSale(served.url, stack.keys.admin, capacity);
        await stripe.deliverTo(`${served.url}/v1/webhooks/stripe`);
        return await measured({ stack, stripe, served, sale }, seconds);
      } finally {
        await stack.stop();
      }
    } finally {
      await stripe.stop();
    }
  },
};

/** `seconds`: to warm up, and measured. */
async function measured(bed: Bed, seconds: number[]): Promise<Report> {
  const { stack, stripe, served, sale } = bed;
  const counts = seconds.map((each) => each * ordersPerSecond);
  const orders = await makeOrders(
    stack,
    served.url,
    sale,
    counts.reduce((sum, each) => sum + each, 0),
  );
  await stack.applied();
  const warm = await paid(bed, orders.slice(0, counts[0]));
  const used = () => ({
    'server ms': cpuMs(served.pid),
    'worker ms': cpuMs(stack.worker.pid),
    'Postgres ms': cpuMsWithChildren(stack.postgres.pid),
    'Redis ms': cpuMs(stack.redisServer.pid),
    'provider ms': cpuMs(stripe.pid),
    'looks ms': cpuMs(process.pid),
  });
  const before = used();
  let after = before;
  const held = await paid(bed, orders.slice(counts[0]), () => {
    after = used();
  });
  const each = (from: 'paidAt' | 'told' | 'decided', to: 'told' | 'decided' | 'committed') =>
    held.map((order) => order[to] - order[from]);
  const toTicket = each('paidAt', 'committed');

  const shown = (of: Held[]) =>
    send(
      served.url,
      of.map((one) => lookup(served.url, one)),
      lookups,
    );
  // The letters of the sale go out first: what is measured from here on is looking and letting in, not what a sale leaves behind.
  await lettersSent(stack);
  await shown(warm.slice(0, warmLooks));
  const first = await shown(held);
  const again = await shown(held);
  const door = doorOf(bed);
  await send(served.url, warm.slice(0, warmLooks).map(door), scans);
  const redeemed = await send(served.url, held.map(door), scans);
  await allRedeemed(stack, [...warm.slice(0, warmLooks), ...held]);
  return {
    settings: {
      orders: held.length,
      'orders a second': ordersPerSecond,
      'lookups a second': lookups.rate,
      'scans a second': scans.rate,
    },
    figures: [
      { side: 'paid to ticket', ...spread(toTicket) },
      { side: '  the first 10 s after a cold start', ...spread(coldOf(warm)) },
      { side: '  paid to webhook stored', ...spread(each('paidAt', 'told')) },
      { side: '  webhook stored to decided', ...spread(each('told', 'decided')) },
      { side: '  decided to ticket', ...spread(each('decided', 'committed')) },
      {
        side: '  processor time an order',
        ...Object.fromEntries(
          Object.entries(after).map(([of, ms]) => [
            of,
            (ms - before[of as keyof typeof before]) / held.length,
          ]),
        ),
      },
      { side: 'ticket, first look', ...spreadOf(first) },
      { side: 'ticket, looked at again', ...spreadOf(again) },
      { side: 'redeem', ...spreadOf(redeemed) },
    ],
    gates: [
      gate('payment to ticket, p95', percentile(toTicket, 95), 300, 100),
      gate('ticket lookup, first look, p95', first.p95Ms, 50, 5),
      gate('redeem, p95', redeemed.p95Ms, 50),
    ],
  };
}

/** Pays these orders at the rate; each with its ticket and when it was there. */
async function paid(
  { stack, stripe, sale }: Bed,
  orders: Waiting[],
  ended?: () => void,
): Promise<(Held & { paidAt: number })[]> {
  const paidAt = new Map<string, number>();
  const sessions = orders.map(({ session }) => session);
  const event = readId('event', sale.event) as EventId;
  const sold = await soldWhile(
    stack,
    event,
    sessions,
    async () => {
      for (const { session, at } of await stripe.pay(sessions, ordersPerSecond)) paidAt.set(session, at);
    },
    ended,
  );
  const tokens = new Map(orders.map(({ session, token }) => [session, token]));
  return sold.map((one) => ({
    ...one,
    token: tokens.get(one.session) ?? '',
    paidAt: paidAt.get(one.session) ?? Number.NaN,
  }));
}

function lookup(url: string, { ticket, token }: Held): string {
  return `GET /v1/tickets/${showId('ticket', ticket as TicketId)} HTTP/1.1\r\nhost: ${new URL(url).host}\r\nauthorization: Bearer ${token}\r\n\r\n`;
}

/** The codes are made here as the server makes them: nobody has to look at a ticket before it is let in. */
function doorOf({ stack, served, sale }: Bed) {
  const keys = derivedTicketKeys(Buffer.from(stack.keys.pseudonym));
  const event = readId('event', sale.event) as EventId;
  const head = `POST /v1/checkins HTTP/1.1\r\nhost: ${new URL(served.url).host}\r\nauthorization: Bearer ${stack.keys.admin}\r\ncontent-type: application/json\r\n`;
  return ({ ticket }: Held): string => {
    const code = ticketCode(keys, { event, ticket: ticket as TicketId, generation: 1 });
    const body = JSON.stringify({ code, gate: 'north', deviceId: 'scanner-1' });
    return `${head}idempotency-key: ${randomUUID()}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  };
}

async function send(
  url: string,
  requests: string[],
  { connections, rate }: { connections: number; rate: number },
): Promise<RequestsResult> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const file = join(dir, 'requests.json');
    writeFileSync(file, JSON.stringify(requests));
    const wanted: Requests = { url, file, connections, rate };
    const result = await drive<RequestsResult>('requests', wanted, (requests.length / rate) * 1000 + 60_000);
    if (result.statuses['200'] !== requests.length)
      throw new Error(`not every answer was 200: ${JSON.stringify(result)}`);
    return result;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** A scan is answered 200 whatever it says: whether everybody was let in stands in Postgres. */
async function allRedeemed({ sql }: Stack, held: Held[]): Promise<void> {
  const { rows } = await sql.query<{ redeemed: number }>(
    `SELECT count(*)::int AS redeemed FROM ticketing.tickets WHERE id = ANY ($1) AND status = 'redeemed'`,
    [held.map(({ ticket }) => ticket)],
  );
  if (rows[0]?.redeemed !== held.length)
    throw new Error(`${rows[0]?.redeemed} of ${held.length} were let in`);
}

/** The orders of the first ten seconds. */
function coldOf(warm: (Held & { paidAt: number })[]): number[] {
  const begun = Math.min(...warm.map(({ paidAt }) => paidAt));
  const first = warm.filter(({ paidAt }) => paidAt < begun + 10_000);
  return first.map(({ paidAt, committed }) => committed - paidAt);
}

function spread(values: number[]) {
  return {
    'p50 ms': percentile(values, 50),
    'p95 ms': percentile(values, 95),
    'p99 ms': percentile(values, 99),
  };
}

function spreadOf({ p50Ms, p95Ms, p99Ms }: RequestsResult) {
  return { 'p50 ms': p50Ms, 'p95 ms': p95Ms, 'p99 ms': p99Ms };
}

function gate(what: string, value: number, most: number, goal?: number): Gate {
  return { what, value, bound: 'at most', gate: most, unit: 'ms', ...(goal === undefined ? {} : { goal }) };
}
