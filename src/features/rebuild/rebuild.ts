/**
 * Rebuilds a partition: from a Redis that lost its memory, or part of it, back to one that knows everything Postgres knows.
 *
 *   whole      -> nothing to do (somebody else was faster)
 *   fencing    the marker of a new epoch goes into the journal: from here Redis refuses entries of older ones
 *   draining   what survived of the journal goes into Postgres
 *   bumping    Postgres enters the epoch: a fact `rebuilt` per event, live deadlines moved by the outage      [commit]
 *   loading    stock, holds, buyers and ends are written under the new epoch's keys
 *   opening    the scripts of the epoch are loaded: from here on commands run; Postgres says `opened`         [commit]
 *
 * The claim on the partition is the lock on its watermark row, for both transactions. A crash anywhere leaves the partition
 * fenced, and the next attempt begins with an epoch of its own; so nothing half done is ever read.
 */
import type { Redis } from 'ioredis';
import type { Fact } from '../../domain/facts.ts';
import { Fault } from '../../domain/faults.ts';
import type { EventId } from '../../domain/ids.ts';
import { firstFactAfter, hasEntry, journalLast, markEpoch, redisNow } from '../../inventory/fence.ts';
import { loadEvent, unloadEvents } from '../../inventory/load-event.ts';
import { haveOurScripts, loadScripts } from '../../inventory/load-scripts.ts';
import { probe } from '../../inventory/probe.ts';
import type { TimeSource } from '../../inventory/script.ts';
import { type Database, inTransaction, type Tx } from '../../persistence/database.ts';
import {
  moveLiveDeadlines,
  readEventHeads,
  readWaitingFacts,
} from '../../persistence/queries/event-state.ts';
import { moveProjected } from '../../persistence/queries/journal-ledger.ts';
import { awaitWatermark, markAlive, type Watermark } from '../../persistence/queries/journal-watermark.ts';
import { openEvents, retiredEvents, setWatermark, silenceMs } from '../../persistence/queries/partitions.ts';
import { appendFacts } from '../journal/append.ts';
import { drainJournal } from '../journal/apply.ts';
import { type Contradiction, readEventState } from './event-state.ts';
import { foldWaiting } from './fold-waiting.ts';

export type RebuildContext = {
  db: Database;
  redis: Redis;
  log: { info(fields: object, message: string): void; error(fields: object, message: string): void };
  /** Tests only: a clock of their own instead of Redis's. */
  now?: () => number;
};

/** Where the scripts of this rebuild take the time from. */
export function timeSourceOf(ctx: RebuildContext): TimeSource {
  return ctx.now === undefined ? 'redis' : 'argument';
}

async function clockOf(ctx: RebuildContext): Promise<number> {
  return ctx.now === undefined ? redisNow(ctx.redis) : ctx.now();
}

export type Rebuilt = {
  partition: number;
  state: 'whole' | 'rebuilt' | 'busy';
  epoch: number;
  events: number;
  holds: number;
  outageMs: number;
  tookMs: number;
};

/** A buyer is given back the time an outage took, up to this: nobody waits for a basket of last night. */
const outageCreditMaxMs = 15 * 60_000;
const attemptsSweptMax = 16;
/** As retire.lua has it: how long a late command is told that the event is closed. */
const tombstoneMs = 7 * 24 * 3_600_000;
/** Loading a million holds takes its time; a claim that hangs longer than this is given up. */
const timeouts = { statementMs: 120_000, lockMs: 5_000, idleInTransactionMs: 120_000 };

export async function rebuild(ctx: RebuildContext, partition: number): Promise<Rebuilt> {
  const startedAt = performance.now();
  const nothing = { partition, epoch: 0, events: 0, holds: 0, outageMs: 0 };
  const took = () => Math.round(performance.now() - startedAt);

  const entered = await inTransaction(ctx.db, { role: 'worker', timeouts }, (tx) =>
    enterEpoch(ctx, tx, partition),
  );
  if (entered === 'whole' || entered === 'busy') return { ...nothing, state: entered, tookMs: took() };

  const loaded = await inTransaction(ctx.db, { role: 'worker', timeouts }, (tx) =>
    loadEpoch(ctx, tx, partition, entered),
  );
  if (loaded === 'busy') return { ...nothing, state: 'busy', tookMs: took() };

  const result: Rebuilt = {
    partition,
    state: 'rebuilt',
    epoch: entered.epoch,
    events: loaded.events.length,
    holds: loaded.holds,
    outageMs: entered.outageMs,
    tookMs: took(),
  };
  // Sixteen empty partitions open at every start: nobody needs to read about them.
  if (result.events > 0) ctx.log.info(result, 'partition rebuilt');
  return result;
}

type Entered = { epoch: number; before: number; outageMs: number };

async function enterEpoch(
  ctx: RebuildContext,
  tx: Tx,
  partition: number,
): Promise<Entered | 'whole' | 'busy'> {
  const watermark = await awaitWatermark(tx, partition);
  if (watermark === undefined) return 'busy';
  if (await isWhole(ctx, tx, watermark)) return 'whole';

  const last = await journalLast(ctx.redis, partition);
  const epoch = Math.max(watermark.epoch, last.epoch) + 1;
  const now = await clockOf(ctx);
  await refuseGap(ctx, watermark, last);
  await markEpoch(ctx.redis, partition, epoch, now);
  await drainJournal({ db: ctx.db, redis: ctx.redis }, tx, watermark);

  const outageMs = Math.min(await silenceMs(tx, partition), outageCreditMaxMs);
  const events = await eventsOf(tx, partition);
  if (events.length > 0) await recordRebuilt(tx, partition, epoch, events, outageMs, now);
  // What is credited here must not be credited again by the attempt after this one.
  await markAlive(tx, [partition]);
  await setWatermark(tx, { partition, epoch, entry: 0, opened: false });
  return { epoch, before: watermark.epoch, outageMs };
}

/**
 * Throws the fault `journal_gap` when the journal has facts that Postgres can never get in order: Postgres is older than
 * the journal's epoch (a backup was restored), or what comes next was trimmed away. Asked before the marker is written, so
 * a partition that stays refused leaves no traces.
 */
async function refuseGap(
  ctx: RebuildContext,
  { partition, epoch, entry }: Watermark,
  last: { epoch: number; entry: number },
): Promise<void> {
  const newer = await firstFactAfter(ctx.redis, partition, epoch);
  if (newer !== undefined) {
    const sentence = `partition ${partition}: Postgres is in epoch ${epoch}, the journal has facts of ${newer}`;
    throw new Fault('journal_gap', sentence);
  }
  if (last.epoch !== epoch || last.entry <= entry) return;
  if (!(await hasEntry(ctx.redis, partition, epoch, entry + 1))) {
    throw new Fault('journal_gap', `partition ${partition}: entry ${epoch}-${entry + 1} is gone`);
  }
}

/** Asked again under the lock: whoever held it before may have rebuilt. */
export async function isWhole(ctx: RebuildContext, tx: Tx, watermark: Watermark): Promise<boolean> {
  if (!watermark.opened) return false;
  const { partition, epoch, entry } = watermark;
  const events = await eventsOf(tx, partition);
  const [answer] = await probe(ctx.redis, [{ partition, epoch, events }], timeSourceOf(ctx));
  if (answer?.state !== 'answered' || answer.broken.length > 0) return false;
  if (answer.last.epoch !== epoch || answer.last.entry < entry) return false;
  const [ours] = await haveOurScripts(ctx.redis, [watermark], timeSourceOf(ctx));
  return ours === true;
}

async function eventsOf(tx: Tx, partition: number): Promise<EventId[]> {
  const open = await openEvents(tx);
  return open.filter((one) => one.partition === partition).map(({ event }) => event);
}

/** A fact per event, written by the rebuild itself: these are in no stream. */
async function recordRebuilt(
  tx: Tx,
  partition: number,
  epoch: number,
  events: EventId[],
  outageMs: number,
  at: number,
): Promise<void> {
  const heads = await readEventHeads(tx, events);
  const facts = heads.map(
    ({ event, version }): Fact => ({
      event,
      version: version + 1,
      at,
      kind: 'rebuilt',
      epoch,
      outageMs,
      after: [],
    }),
  );
  await appendFacts(tx, { partition, epoch }, facts);
  // A frozen event's tables stand still: its retry moves the deadlines when it comes to this fact.
  const current = heads.filter((head) => !head.frozen && head.projectedVersion === head.version);
  if (current.length === 0) return;
  await moveLiveDeadlines(
    tx,
    current.map(({ event }) => event),
    outageMs,
  );
  await moveProjected(
    tx,
    current.map(({ event, version }) => ({ event, version: version + 1, frozenVersion: null, cause: null })),
  );
}

async function loadEpoch(
  ctx: RebuildContext,
  tx: Tx,
  partition: number,
  { epoch, before }: Entered,
): Promise<{ events: EventId[]; holds: number } | 'busy'> {
  const watermark = await awaitWatermark(tx, partition);
  if (watermark === undefined || watermark.epoch !== epoch || watermark.opened) return 'busy';
  const events = await eventsOf(tx, partition);
  // Postgres knows all of it and nobody can write there any more: a Redis with room for one copy must not need two. Attempts
  // that failed on the way here left keys of their own epochs behind.
  for (let old = Math.max(before, epoch - attemptsSweptMax); old < epoch; old++) {
    await unloadEvents(ctx.redis, partition, old, events);
  }
  const retired = await retiredEvents(tx, partition, tombstoneMs);
  const all = [...events, ...retired];
  const heads = all.length > 0 ? await readEventHeads(tx, all) : [];
  const now = await clockOf(ctx);
  let holds = 0;
  for (const head of heads) {
    const { state, contradictions } = await readEventState(tx, head, now);
    if (contradictions.length > 0) report(ctx, head.event, contradictions);
    if (head.projectedVersion < head.version) {
      const waiting = await readWaitingFacts(tx, head.event, head.projectedVersion);
      foldWaiting(
        state,
        waiting.map(({ body, user_id }) => ({ fact: JSON.parse(body) as Fact, user: user_id })),
      );
    }
    if (retired.includes(head.event)) Object.assign(state, { buyers: new Map(), voided: [], tombstoneMs });
    await loadEvent(ctx.redis, partition, epoch, state, now);
    holds += state.holds.length;
  }
  // Whoever lost the claim while loading (a broken connection) must not open what another rebuild has fenced.
  const last = await journalLast(ctx.redis, partition);
  if (last.epoch !== epoch)
    throw new Fault('fenced', `Another rebuild of partition ${partition} is under way`);
  await loadScripts(ctx.redis, partition, epoch, timeSourceOf(ctx));
  await setWatermark(tx, { partition, epoch, entry: 0, opened: true });
  return { events, holds };
}

function report(ctx: RebuildContext, event: EventId, contradictions: Contradiction[]): void {
  ctx.log.error({ event, contradictions }, 'tables contradict each other: the event comes back frozen');
}
