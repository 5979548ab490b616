/**
 * Folds the journal of one partition into Postgres. Each fact is applied exactly once: ledger, projection and watermark
 * move in one transaction, under the lock of the watermark's row, and what is read from the stream is read under it.
 *
 *   busy         another worker or a rebuild has the watermark
 *   closed       the partition's epoch is not open: nothing is applied until its rebuild has finished
 *   drained      every entry of the epoch is applied
 *   more         entries are left for the next call
 *   other_epoch  an entry of another epoch comes next: the rebuild's business
 */

import type { Redis } from 'ioredis';
import { type Database, inTransaction, type Tx } from '../../persistence/database.ts';
import { moveProjected, type Projected, readHeads } from '../../persistence/queries/journal-ledger.ts';
import { readLines } from '../../persistence/queries/journal-lines.ts';
import {
  claimWatermark,
  moveWatermark,
  type Watermark,
} from '../../persistence/queries/journal-watermark.ts';
import { together } from '../../persistence/together.ts';
import { KnownLines } from './lines.ts';
import type { Entered, Plan } from './plan.ts';
import { plansOf, projectUpTo, spellOut, tryPlans, untangled } from './project.ts';
import { type Batch, beginNext, nextBatch, type ReadAhead, unfolded } from './read-batch.ts';
import { type Heads, headOf } from './write-ledger.ts';

/** `ahead` is the memory of whoever applies batch after batch; without it, each is read when it is asked for. */
export type JournalCtx = { db: Database; redis: Redis; ahead?: ReadAhead };

export type Frozen = { event: string; version: number; cause: string };

export type Applied = {
  end: 'drained' | 'more' | 'other_epoch';
  /** After this batch, in this transaction. */
  watermark: Watermark;
  facts: number;
  /** Unix ms of the oldest entry of the batch, by Redis's clock; undefined when there was none. */
  oldestAt: number | undefined;
  /** Events that this batch froze: their facts are in the ledger, and the inventory must stop selling. */
  frozen: Frozen[];
};

/** A batch on a busy machine; the lock is ours already. */
const timeouts = { statementMs: 10_000, idleInTransactionMs: 10_000 };

export async function applyNext(
  ctx: JournalCtx,
  partition: number,
): Promise<Applied | { end: 'busy' | 'closed' }> {
  return inTransaction(ctx.db, { role: 'worker', timeouts, prepared: true }, async (tx) => {
    const watermark = await claimWatermark(tx, partition);
    if (watermark === undefined) return { end: 'busy' as const };
    if (!watermark.opened) return { end: 'closed' as const };
    return applyLocked(ctx, tx, watermark);
  });
}

/**
 * Applies the next batch inside a transaction that holds the watermark's lock. The watermark answered is the next call's.
 * Throws the fault `journal_gap` when an entry is not the one that must come next, or is not readable.
 */
export async function applyLocked(ctx: JournalCtx, tx: Tx, watermark: Watermark): Promise<Applied> {
  const { redis, ahead } = ctx;
  const batch = await nextBatch(redis, ahead, watermark);
  const { end, facts, entry, oldestAt } = batch;
  if (entry === watermark.entry) return { end, watermark, facts: 0, oldestAt, frozen: [] };
  const { frozen, done } = await applyBatch(tx, watermark.partition, batch, () =>
    beginNext(redis, ahead, watermark, batch),
  );
  await together([done.length > 0 && moveProjected(tx, done), moveWatermark(tx, watermark, entry)]);
  return { end, watermark: { ...watermark, entry }, facts, oldestAt, frozen };
}

/** Applies every entry of the watermark's epoch, for who holds its lock. Answers the watermark after them. */
export async function drainJournal(
  ctx: JournalCtx,
  tx: Tx,
  watermark: Watermark,
): Promise<{ watermark: Watermark; facts: number; frozen: Frozen[] }> {
  let at = watermark;
  let facts = 0;
  const frozen: Frozen[] = [];
  for (;;) {
    const applied = await applyLocked(ctx, tx, at);
    at = applied.watermark;
    facts += applied.facts;
    frozen.push(...applied.frozen);
    if (applied.end !== 'more') return { watermark: at, facts, frozen };
  }
}

/** `done`: how far events have come that nobody has noted yet. `frozen`: those that Postgres refused, from now on. */
type Written = { frozen: Frozen[]; done: Projected[] };

/** Facts into ledger and projection. */
async function applyBatch(tx: Tx, partition: number, batch: Batch, meanwhile: () => void): Promise<Written> {
  const { ledger } = batch;
  const { events } = ledger;
  if (events.length === 0) return { frozen: [], done: [] };
  const [known, rows] = await together([readHeads(tx, events), readLines(tx, events)]);
  const heads: Heads = new Map(known.map((head) => [head.event, head]));
  const open = events.filter((event) => !headOf(heads, event).frozen);
  const ours = batch.parts.filter((part) => open.includes('fact' in part ? part.fact.event : part.event));
  const unfoldedPlans = () => plansOf(new KnownLines(rows), unfolded(ours));

  let plans: Plan[] = [];
  await ledger.write(tx, heads, async () => {
    plans = await plansOf(new KnownLines(rows), untangled(ours));
    await spellOut(plans, batch.holds);
    meanwhile();
  });
  const refused = await tryPlans(tx, partition, plans, unfoldedPlans);
  if (refused === undefined) {
    return { frozen: [], done: open.map((event) => projectedAt(event, headOf(heads, event).version)) };
  }
  return { frozen: await projectEach(tx, partition, open, unfolded(ours), heads), done: [] };
}

function projectedAt(event: string, version: number): Projected {
  return { event, version, frozenVersion: null, cause: null };
}

/** The slow way, after a refusal: event by event, so that the one whose fact is refused freezes and the others go on. */
async function projectEach(
  tx: Tx,
  partition: number,
  events: string[],
  facts: Entered[],
  heads: Heads,
): Promise<Frozen[]> {
  const frozen: Frozen[] = [];
  for (const event of events) {
    const own = facts.filter(({ fact }) => fact.event === event);
    const { projected, cause } = await projectUpTo(tx, partition, own);
    if (cause === undefined) {
      await moveProjected(tx, [projectedAt(event, headOf(heads, event).version)]);
      continue;
    }
    const version = own[projected]?.fact.version ?? 0;
    frozen.push({ event, version, cause });
    await moveProjected(tx, [{ event, version: version - 1, frozenVersion: version, cause }]);
  }
  return frozen;
}
