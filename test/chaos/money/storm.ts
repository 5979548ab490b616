/**
 * A storm: a deployment of real processes, a Stripe that loses, doubles and reorders what it tells and fails its calls, a crowd
 * that pays in every way there is, and servers and workers that are killed meanwhile. Then everything calms down, and within a
 * minute everybody has what is theirs. Leaves a directory for the checker, the sandbox's ledger in it.
 */
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ledger, type StripeSandbox, startStripeSandbox } from '../../../sandbox/stripe/index.ts';
import { dumpRun } from '../../checker/dump.ts';
import { FaultLog, OpsLog } from '../../checker/log.ts';
import { checkRun } from '../../checker/run.ts';
import { ask, type OpenEvent, openEvent } from '../api.ts';
import { type Cluster, startCluster } from '../cluster.ts';
import { type Books, type Left, openBooks } from './books.ts';
import { buy, type Ending, type Fair } from './buyer.ts';
import { hostility, shareOf, webhookSplit } from './hostile.ts';
import { startKills } from './kills.ts';
import { type Plan, planOf } from './plans.ts';

export type StormOptions = {
  seed: number;
  orders: number;
  kills: number;
  /** Over how long the buyers come, s. */
  seconds: number;
  runDir: string;
  onProgress?: (line: string) => void;
  signal: AbortSignal;
};

export type StormResult = {
  endings: Record<string, number>;
  answers: Record<string, number>;
  kills: { name: string; backMs: number }[];
  webhooks: { told: number; duplicate: number; reorder: number; drop: number; delay: number };
  calls: Record<string, number>;
  crowdMs: number;
  /** From the end of the faults until nothing was left to be done; undefined: not within a minute. */
  quietMs: number | undefined;
  left: Left;
  totals: Ledger['totals'];
  /** Counts of Postgres that are to be read by a person. */
  records: Record<string, number>;
  checks: string[];
  violations: string[];
};

const quietWithinMs = 60_000;
const intentSeconds = 120;
/** From a checkout until a late payment was made, with room for a busy machine. */
const lateSeconds = intentSeconds + 15;
const capacities = [4_000, 2_500, 1_500];

export async function storm(options: StormOptions): Promise<StormResult> {
  mkdirSync(options.runDir, { recursive: true });
  const sandbox = await startStripeSandbox({
    hostile: hostility(options.seed),
    webhooks: { attemptsMax: 30 },
  });
  try {
    const cluster = await startCluster({
      servers: 2,
      workers: 2,
      env: {
        STRIPE_SECRET_KEY: sandbox.secretKey,
        STRIPE_WEBHOOK_SECRET: sandbox.webhookSecret,
        STRIPE_API_BASE: sandbox.url,
        // What people are sent back to is the same whichever server answers.
        PUBLIC_URL: 'https://tickets.example',
        CHECKOUT_INTENT_SECONDS: String(intentSeconds),
      },
    });
    try {
      return await inWeather(options, sandbox, cluster);
    } finally {
      cpSync(join(cluster.dir, 'logs'), join(options.runDir, 'logs'), { recursive: true });
      await cluster.stop();
    }
  } finally {
    await sandbox.stop();
  }
}

async function openEvents({ servers, keys }: Cluster): Promise<OpenEvent[]> {
  const { address = '' } = servers[0] ?? {};
  const events: OpenEvent[] = [];
  for (const currency of ['EUR', 'USD', 'GBP', 'EUR']) {
    const tiers = [
      { name: 'Stalls', price: 3_333, capacity: capacities[0] },
      { name: 'Balcony', price: 1_999, capacity: capacities[1] },
      { name: 'Friends', price: 0, capacity: capacities[2] },
    ];
    events.push(await openEvent(address, keys.admin, { currency, tiers }));
  }
  return events;
}

async function inWeather(
  options: StormOptions,
  sandbox: StripeSandbox,
  cluster: Cluster,
): Promise<StormResult> {
  const { seed, orders, runDir, signal } = options;
  const servers = cluster.servers.map(({ address }) => address);
  // Each of both is told about some kinds of events: the payments of an order are heard of at two servers.
  for (const [index, events] of webhookSplit.entries())
    sandbox.control.addEndpoint({ url: `${servers[index]}/v1/webhooks/stripe`, events });
  const answers: Record<string, number> = {};
  const fair: Fair = {
    servers,
    sessionKey: cluster.keys.session,
    adminKey: cluster.keys.admin,
    sandbox,
    events: await openEvents(cluster),
    log: new OpsLog(runDir, 'crowd'),
    count: (what) => {
      answers[what] = (answers[what] ?? 0) + 1;
    },
  };
  const faults = new FaultLog(runDir);
  const books = await openBooks(cluster.databaseUrl, sandbox);
  try {
    const began = performance.now();
    const endings: Record<string, number> = {};
    const crowd = { begun: 0, ended: 0, waiting: 0 };
    const kills = startKills({
      cluster,
      log: faults,
      seed,
      kills: options.kills,
      share: () => crowd.begun / orders,
      signal,
    });
    const ticker = setInterval(() => {
      const killed = `${kills.done.length} kills`;
      options.onProgress?.(
        `${Math.round((performance.now() - began) / 1_000)} s  ${crowd.begun} begun, ${crowd.ended} ended, ${killed}`,
      );
    }, 10_000);
    let quiet: { quietMs: number | undefined; left: Left };
    let crowdMs: number;
    try {
      const buying = await comeAndBuy(options, fair, crowd, endings);
      await kills.ended;
      signal.throwIfAborted();
      // Those who came last have not paid yet: they are part of what has to become quiet.
      sandbox.control.calm();
      crowdMs = performance.now() - began;
      quiet = await untilQuiet(books, options, () => orders - crowd.ended);
      await Promise.all(buying);
    } finally {
      clearInterval(ticker);
    }
    const { quietMs, left } = quiet;
    await untilAtRest(books, sandbox);
    fair.log.close();
    faults.close();
    const ledger = sandbox.ledger();
    writeLedger(runDir, ledger);
    await dumpRun({ dir: runDir, redisUrl: cluster.redisUrl, databaseUrl: cluster.databaseUrl });
    const { findings } = await checkRun(runDir);
    const late = quietMs === undefined ? [`not quiet within 60 s: ${JSON.stringify(left)}`] : [];
    return {
      endings,
      answers,
      kills: kills.done,
      webhooks: shareOf(ledger),
      calls: { ...ledger.counts },
      crowdMs,
      quietMs,
      left,
      totals: ledger.totals,
      records: await recordsOf(books),
      checks: findings.lines(),
      violations: [
        ...late,
        ...findings.list().map(({ invariant, where, what }) => `${invariant}: ${where}: ${what}`),
      ],
    };
  } finally {
    await books.close();
  }
}

/**
 * Buyers come at their times, whoever is still there: evenly, and now and then many at once. One event is called off on the way, and some guests pay nothing. Resolves
 * when all have come, with what they are still about.
 */
async function comeAndBuy(
  { orders, seconds, seed, signal }: StormOptions,
  fair: Fair,
  crowd: { begun: number; ended: number; waiting: number },
  endings: Record<string, number>,
): Promise<Promise<void>[]> {
  const began = performance.now();
  const all: Promise<void>[] = [];
  const add = (doing: Promise<void>) => {
    // Heard of where all are waited for, and not before: the run is not to end in the middle.
    doing.catch(() => undefined);
    all.push(doing);
  };
  // Nobody pays late who would do so after the end.
  const lateMax = orders * (1 - lateSeconds / seconds);
  const one = async (index: number) => {
    const drawn = planOf(seed, index, fair.events.length, capacities.length);
    const plan: Plan = drawn.way === 'late' && index > lateMax ? { ...drawn, way: 'pay' } : drawn;
    const waits = plan.way === 'late' ? 1 : 0;
    crowd.waiting += waits;
    const ending: Ending = await buy(fair, plan);
    crowd.waiting -= waits;
    const name = `${plan.way}: ${ending}`;
    endings[name] = (endings[name] ?? 0) + 1;
    crowd.ended += 1;
  };
  for (let index = 0; index < orders && !signal.aborted; index++) {
    const due = comesAt(index, orders) * seconds * 1_000 - (performance.now() - began);
    if (due > 0) await sleep(due);
    while (crowd.begun - crowd.ended - crowd.waiting >= inFlightMax && !signal.aborted) await sleep(20);
    crowd.begun += 1;
    add(one(index));
    if (index % 50 === 25) add(giveAway(fair, index));
    if (index === Math.floor(orders * 0.7)) add(callOff(fair));
  }
  return all;
}

/**
 * Far more than both servers have under way at a time: a rush meets their doors. Only what a machine that cannot keep up at all
 * would gather is held back here. Those who pay late only wait, and are not counted.
 */
const inFlightMax = 400;

/** Of so many in a row, the first ones come at the same moment, as when a sale opens. */
const rush = { each: 300, size: 150 };

/** When a buyer comes, as a share of the whole time. */
function comesAt(index: number, orders: number): number {
  const begun = index - (index % rush.each);
  const within = Math.max(0, (index % rush.each) - rush.size) / (rush.each - rush.size);
  return Math.min(begun + within * rush.each, orders) / orders;
}

async function giveAway(fair: Fair, index: number): Promise<void> {
  const event = fair.events[index % 3]!;
  await asOrganizer(fair, `/v1/admin/events/${event.id}/comps`, {
    items: [{ tierId: event.tiers[0]?.id, quantity: 2 }],
    buyer: { email: `guest${index}@example.org` },
    reason: 'A friend of the house',
  });
}

async function callOff(fair: Fair): Promise<void> {
  await asOrganizer(fair, `/v1/admin/events/${fair.events.at(-1)?.id}/cancel`, {
    reason: 'The singer is ill',
  });
}

async function asOrganizer(fair: Fair, path: string, body: object): Promise<void> {
  const key = randomUUID();
  for (let tries = 0; tries < 300; tries++) {
    const server = fair.servers[tries % fair.servers.length] ?? '';
    const reply = await ask('POST', server, path, { token: fair.adminKey, key, body, timeoutMs: 25_000 });
    fair.count(`POST ${path.split('/').at(-1)} ${reply.status}`);
    if (reply.status >= 200 && reply.status < 300) return;
    if (reply.status !== 0 && reply.status < 500 && reply.status !== 409 && reply.status !== 429)
      throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    await sleep(200);
  }
  throw new Error(`${path} was never answered`);
}

async function untilQuiet(
  books: Books,
  { onProgress }: StormOptions,
  stillThere: () => number,
): Promise<{ quietMs: number | undefined; left: Left }> {
  const began = performance.now();
  for (let looks = 0; ; looks++) {
    const there = stillThere();
    const left: Left = { ...(there > 0 ? { 'buyers still there': there } : {}), ...(await books.left()) };
    const ms = performance.now() - began;
    if (Object.keys(left).length === 0) return { quietMs: ms, left };
    if (ms > quietWithinMs) return { quietMs: undefined, left };
    if (looks % 10 === 0) onProgress?.(`calm for ${Math.round(ms / 1_000)} s  ${JSON.stringify(left)}`);
    await sleep(500);
  }
}

/** What is told twice, late, or by the poller once more, changes nothing: it comes before the books are compared. */
async function untilAtRest(books: Books, sandbox: StripeSandbox): Promise<void> {
  const due = `SELECT 1 FROM ticketing.ticket_holds WHERE status = 'active' AND expires_at < now() + interval '5 seconds' LIMIT 1`;
  for (const end = Date.now() + quietWithinMs; Date.now() < end; await sleep(500)) {
    const left = await books.left();
    const resting = Object.keys(left).length === 0 && sandbox.control.delivered();
    if (resting && (await books.find(due)).length === 0) return;
  }
}

/** Without what it told and how: the checker judges the money. */
function writeLedger(runDir: string, ledger: Ledger): void {
  const { sessions, intents, charges, refunds, disputes, totals, counts } = ledger;
  const text = JSON.stringify({ sessions, intents, charges, refunds, disputes, totals, counts });
  writeFileSync(join(runDir, 'stripe.json'), text);
}

async function recordsOf(books: Books): Promise<Record<string, number>> {
  const rows = (await books.find(
    `SELECT 'orders ' || status AS name, count(*)::int AS count FROM ticketing.orders GROUP BY status
     UNION ALL SELECT 'orders late', count(*)::int FROM ticketing.orders WHERE late
     UNION ALL SELECT 'tickets ' || status, count(*)::int FROM ticketing.tickets GROUP BY status
     UNION ALL SELECT 'refunds ' || kind || ' ' || status, count(*)::int FROM ticketing.refund_log GROUP BY kind, status
     UNION ALL SELECT 'mails ' || kind || ' ' || status, count(*)::int FROM ticketing.mails GROUP BY kind, status
     UNION ALL SELECT 'incidents ' || kind, count(*)::int FROM ticketing.incidents GROUP BY kind
     ORDER BY name`,
  )) as { name: string; count: number }[];
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}
