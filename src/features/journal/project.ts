/**
 * The projection: facts folded into tiers, holds, orders and tickets. Postgres has the last word: a CHECK, a UNIQUE, a
 * foreign key, a hold that does not live or a counter that is not the carried one refuses the facts, and what was written
 * of them is rolled back to a savepoint. The first refused fact is then found by halving.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'kysely';
import type { LineId } from '../../domain/ids.ts';
import { derivedUuid, eventPrefix, ticketIdFor } from '../../domain/ids.ts';
import type { Tx } from '../../persistence/database.ts';
import { errorCode, isStale } from '../../persistence/faults.ts';
import { disputesOf, suspendTickets } from '../../persistence/queries/disputes.ts';
import { moveLiveDeadlines } from '../../persistence/queries/event-state.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import {
  rememberOperations,
  retireEvents,
  setSales,
  takeOver,
} from '../../persistence/queries/journal-events.ts';
import {
  beginHolds,
  changeHolds,
  copyHolds,
  type HoldRows,
  type Lives,
  recordGoneHolds,
} from '../../persistence/queries/journal-holds.ts';
import { moveLines, openLines, readLines, setLines } from '../../persistence/queries/journal-lines.ts';
import {
  cancelOrders,
  insertMissingItems,
  insertMissingOrders,
  issueTickets,
  type OrderEnd,
  type ReturnRow,
  settleOrders,
  type TicketRow,
  voidTickets,
} from '../../persistence/queries/journal-orders.ts';
import { queueOrderMails } from '../../persistence/queries/mails.ts';
import { settleLater } from '../../persistence/queries/payments.ts';
import { together } from '../../persistence/together.ts';
import { mailsJobs } from '../mails/job.ts';
import { KnownLines } from './lines.ts';
import { type Entered, type Part, Plan, type PlannedMove, type Reserved } from './plan.ts';

/** Postgres, or a comparison with what it has, says no. */
export class Refused extends Error {}

/** After as many facts the event loop has a turn: Postgres is being written to meanwhile. */
const turnFacts = 500;

/** Facts of any number of events, in the order of the journal, as plans that each can be written at once. */
export async function plansOf(lines: KnownLines, parts: Part[]): Promise<Plan[]> {
  const taken = (part: Part) => ('fact' in part ? plan.add(part) : plan.addReserved(part));
  let plan = new Plan(lines);
  const plans = [plan];
  for (const [index, part] of parts.entries()) {
    if (index % turnFacts === 0) await turn();
    if (taken(part)) continue;
    plan = new Plan(lines);
    plans.push(plan);
    if (!taken(part)) throw new Error('a fact fits into no plan');
  }
  return plans;
}

/** Unfolds those reserves of a batch of which another fact says what became of a hold. */
export function untangled(parts: Part[]): Part[] {
  const named = new Set<number>();
  for (const part of parts) {
    if ('fact' in part && 'hold' in part.fact) named.add(Number.parseInt(part.fact.hold.slice(-8), 16) | 0);
  }
  const apart = (part: Reserved) => !part.tails.some((tail) => named.has(tail));
  if (named.size === 0) return parts;
  return parts.flatMap((part) => ('fact' in part || apart(part) ? part : part.unfold()));
}

/** Makes the rows of new holds ready before their turn comes, which they are in nearly every batch. */
export async function spellOut(plans: Plan[], holds: HoldRows): Promise<void> {
  for (const plan of plans) {
    const { births, reserved } = plan;
    if (births.size + reserved.length === 0) continue;
    const ranges = reserved.map(({ rows }) => rows);
    plan.spelled = await holds.spelled(ranges, [...births.values()]);
  }
}

async function writePlan(tx: Tx, partition: number, plan: Plan, lives: Lives): Promise<void> {
  if (plan.rebuilt) await moveLiveDeadlines(tx, [plan.rebuilt.event], plan.rebuilt.outageMs);
  if (plan.opened.length > 0) await openLines(tx, plan.opened);
  if (plan.openedEvents.size > 0) await takeOver(tx, [...plan.openedEvents], partition);
  if (plan.sales.size > 0) await setSales(tx, [...plan.sales.values()]);
  if (plan.settings.size > 0) await setLines(tx, [...plan.settings.values()]);
  if (plan.retired.length > 0) await retireEvents(tx, plan.retired);

  if (plan.orders.size > 0) await insertMissingOrders(tx, [...plan.orders.values()]);
  await begin(tx, plan, lives);
  if (plan.gone.size > 0) {
    must(
      await recordGoneHolds(tx, [...plan.gone.values()]),
      'a hold whose order is settled late still lives',
    );
  }
  // None of these stands on what another one writes, so they go out together.
  await together([
    change(tx, plan),
    end(tx, plan),
    cancel(tx, plan),
    issue(tx, plan),
    move(tx, [...plan.moves.values()]),
    tell(tx, [...plan.ends.values()], plan.returns),
    plan.operations.size > 0 && rememberOperations(tx, [...plan.operations.values()]),
  ]);
  // What is given back may have been sold a moment before.
  await takeBack(tx, plan);
}

async function begin(tx: Tx, { births, reserved, spelled }: Plan, lives: Lives): Promise<void> {
  if (births.size + reserved.length === 0) return;
  if (reserved.length > 0 && (lives === 'any' || spelled === undefined))
    throw new Error('reserves are not unfolded');
  const all = [...births.values()];
  must(
    lives === 'first' && spelled !== undefined
      ? await copyHolds(tx, [...all, ...reserved], spelled)
      : await beginHolds(tx, all, lives),
    'a hold that is held lives, or ended within two hours, or its tier is not of its event',
  );
}

async function change(tx: Tx, plan: Plan): Promise<void> {
  if (plan.changes.size === 0) return;
  must(await changeHolds(tx, [...plan.changes.values()]), 'a hold that is changed or ended does not live');
}

async function end(tx: Tx, { ends }: Plan): Promise<void> {
  if (ends.size === 0) return;
  const orders = [...ends.values()].map(({ order }) => order);
  const [settled] = await together([settleOrders(tx, [...ends.values()]), settleLater(tx, orders)]);
  must(settled, 'an order was settled before');
}

async function cancel(tx: Tx, { cancelled }: Plan): Promise<void> {
  if (cancelled.size === 0) return;
  await cancelOrders(
    tx,
    [...cancelled].map(([order, at]) => ({ order, at })),
  );
}

async function takeBack(tx: Tx, { returns, voided }: Plan): Promise<void> {
  if (returns.length === 0) return;
  must(await voidTickets(tx, returns, voided), 'an order gives back more tickets than it has, or others');
}

function must(held: boolean, sentence: string): void {
  if (!held) throw new Refused(sentence);
}

async function issue(tx: Tx, plan: Plan): Promise<void> {
  if (plan.sold.length === 0) return;
  const items = plan.sold.flatMap(({ order, items }) =>
    items.map((item) => ({ ...item, order, id: derivedUuid(eventPrefix(order), 'item', order, item.tier) })),
  );
  await insertMissingItems(tx, items);
  const tickets: TicketRow[] = [];
  for (const { order, event, buyer, at, items } of plan.sold) {
    for (const { tier, quantity } of items) {
      for (let ordinal = 1; ordinal <= quantity; ordinal++) {
        const id = ticketIdFor(order, tier, ordinal);
        tickets.push({ id, order, tier, event, buyer, ordinal, at });
      }
    }
  }
  must(await issueTickets(tx, tickets), 'a ticket has no order line to stand on');
  await suspendDisputed(
    tx,
    plan.sold.map(({ order }) => order),
  );
}

/**
 * A bank may dispute money that was set aside, and somebody accept it later: its tickets come into being suspended. Whoever
 * notes a dispute locks the order, whose row this transaction has written by now, and so sees these tickets or is seen here.
 */
async function suspendDisputed(tx: Tx, orders: string[]): Promise<void> {
  for (const { order, dispute } of await disputesOf(tx, orders)) await suspendTickets(tx, dispute, order);
}

/** People are written to about what became of their order; the mail and the job that sends it are of this transaction. */
async function tell(tx: Tx, ends: OrderEnd[], returns: ReturnRow[]): Promise<void> {
  if (ends.length === 0 && returns.length === 0) return;
  await addJobs(tx, mailsJobs(await queueOrderMails(tx, ends, returns)));
}

/** One UPDATE per table, and the counters it leaves must be the ones the last fact carries. */
async function move(tx: Tx, moves: PlannedMove[]): Promise<void> {
  for (const kind of ['tier', 'pool'] as const) {
    const ours = moves.filter((move) => move.kind === kind);
    if (ours.length === 0) continue;
    const found = new Map((await moveLines(tx, kind, ours)).map((row) => [row.line as LineId, row]));
    for (const { line, after } of ours) {
      const row = found.get(line as LineId);
      if (row === undefined) throw new Refused(`there is no ${kind} ${line}`);
      if (after === undefined)
        throw new Refused(`no fact carries the counters of ${kind} ${line}, which it moves`);
      for (const counter of ['capacity', 'held', 'sold', 'withheld'] as const) {
        if (row[counter] === after[counter]) continue;
        throw new Refused(
          `${counter} of ${kind} ${line} is ${row[counter]} here and ${after[counter]} in the fact`,
        );
      }
    }
  }
}

/** feature_not_supported: COPY, to a worker that could not be exempted from row-level security. The slower way inserts. */
const copyRefused = '0A000';

/** What Postgres says about the facts themselves: integrity, data, raised by a function. Anything else is a fault. */
function refusal(error: unknown): string | undefined {
  if (error instanceof Refused) return error.message;
  const code = errorCode(error);
  const refused =
    code.startsWith('23') ||
    code.startsWith('22') ||
    code === 'P0001' ||
    (code === copyRefused && !isStale(error));
  return refused && error instanceof Error ? `${error.message} (SQLSTATE ${code})` : undefined;
}

/** Projects all of the facts and answers undefined, or none of them and answers why. Faults are thrown. */
export async function tryProject(tx: Tx, partition: number, facts: Entered[]): Promise<string | undefined> {
  const events = [...new Set(facts.map(({ fact }) => fact.event))];
  const lines = new KnownLines(await readLines(tx, events));
  return tryPlans(tx, partition, await plansOf(lines, facts));
}

/**
 * As if every hold were new first, and when that is refused once more as if it may be a new life of an old one. `again`: the plans
 * for that, when they are others.
 */
export async function tryPlans(
  tx: Tx,
  partition: number,
  plans: Plan[],
  again: () => Promise<Plan[]> = async () => plans,
): Promise<string | undefined> {
  if ((await tryLives(tx, partition, plans, 'first')) === undefined) return undefined;
  return tryLives(tx, partition, await again(), 'any');
}

async function tryLives(tx: Tx, partition: number, plans: Plan[], lives: Lives): Promise<string | undefined> {
  // It goes out in front of what is written. (Nobody releases it: COMMIT does, and the next one of this name hides it.)
  const marked = sql`savepoint projection`.execute(tx);
  marked.catch(() => undefined);
  try {
    for (const plan of plans) await writePlan(tx, partition, plan, lives);
    await marked;
  } catch (error) {
    const why = refusal(error);
    if (why === undefined) throw error;
    await sql`rollback to savepoint projection`.execute(tx);
    return why;
  }
  return undefined;
}

export type Progress = { projected: number; cause: string | undefined };

/**
 * Projects as many facts of one event as Postgres takes: all, or those before the first it refuses. Halving finds that
 * one in as many attempts as the number of facts has binary digits.
 */
export async function projectUpTo(tx: Tx, partition: number, facts: Entered[]): Promise<Progress> {
  let good = 0;
  let bad = facts.length + 1;
  let step = facts.length;
  let cause: string | undefined;
  while (good + 1 < bad) {
    const why = await tryProject(tx, partition, facts.slice(good, good + step));
    if (why === undefined) good += step;
    else {
      bad = good + step;
      cause = why;
    }
    step = Math.max(1, Math.floor((bad - good) / 2));
  }
  return { projected: good, cause: good === facts.length ? undefined : cause };
}
