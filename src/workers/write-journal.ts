/**
 * The write-behind duty: looks at the streams of all partitions in one round trip, outside any transaction, and applies
 * those that have grown. Nothing came: no transaction. A partition that fails waits by itself; the others go on.
 */
import type { Redis } from 'ioredis';
import { type EventId, partitionOf } from '../domain/ids.ts';
import { type Applied, applyNext, type Frozen } from '../features/journal/apply.ts';
import { isStillFrozen, listFrozen } from '../features/journal/frozen.ts';
import type { ReadAhead } from '../features/journal/read-batch.ts';
import { freezeEvent } from '../features/journal/retry.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { journalEnds, type Position } from '../inventory/journal.ts';
import { journalKey } from '../inventory/keys.ts';
import type { Database } from '../persistence/database.ts';
import { backoffMs, type Duty } from './run-worker.ts';

export type WriteJournalCtx = {
  db: Database;
  redis: Redis;
  inventory: Inventory;
  partitions: number;
  /** Called from outside, for metrics and the log; must not throw. */
  observe?: {
    applied?(partition: number, facts: number, oldestAt: number | undefined): void;
    /** Nothing of the partition waits any more. */
    caughtUp?(partition: number): void;
    frozen?(frozen: Frozen): void;
    failed?(partition: number, error: unknown): void;
  };
};

type Seen = {
  /** What is applied, as far as this process knows. */
  applied: Position | undefined;
  /** The stream's end when a look at it led to nothing: another look only when it has moved. */
  fruitless: Position | undefined;
  failures: number;
  /** performance.now() before which it is left alone. */
  notBefore: number;
};

/** A partition that somebody else has, or whose rebuild is not done, is asked again after this, ms. */
const busyMs = 50;
/**
 * After a step of as many facts the next one waits this long, ms, instead of `idleMs`: a transaction costs as much as two hundred
 * facts, and on a busy sale that much processor time is missing elsewhere. A single fact, as of somebody who pays, is not waited with.
 */
const someFacts = 8;
const someRestMs = 45;
const busyFacts = 50;
const busyRestMs = 75;
/** Partitions that are written at a time: while Postgres commits one, the other one's batch is made and sent. */
const lanes = 2;
/** How often Postgres is asked which events stand still, ms. */
const frozenListMs = 2_000;

export function writeJournal(ctx: WriteJournalCtx): Duty {
  const { db, redis } = ctx;
  const ahead: ReadAhead = new Map();
  const partitions = Array.from({ length: ctx.partitions }, (_, partition) => partition);
  const streams = partitions.map(journalKey);
  const seen = new Map<number, Seen>();
  const unfrozen = new Map<string, Frozen>();
  const told = new Map<string, number>();
  let listAt = Number.NEGATIVE_INFINITY;

  const seenOf = (partition: number): Seen => {
    let known = seen.get(partition);
    if (known === undefined) {
      known = { applied: undefined, fruitless: undefined, failures: 0, notBefore: 0 };
      seen.set(partition, known);
    }
    return known;
  };

  const apply = async (partition: number, end: Position): Promise<{ done: number; more: boolean }> => {
    const known = seenOf(partition);
    const now = performance.now();
    if (now < known.notBefore || !isNews(known, end)) return { done: 0, more: false };
    try {
      const applied = await applyNext({ db, redis, ahead }, partition);
      known.failures = 0;
      if (!('facts' in applied)) {
        known.notBefore = now + busyMs;
        return { done: 0, more: false };
      }
      known.applied = applied.watermark;
      known.fruitless = applied.facts === 0 ? end : undefined;
      return note(partition, applied);
    } catch (error) {
      known.failures += 1;
      known.notBefore = performance.now() + backoffMs(known.failures);
      ctx.observe?.failed?.(partition, error);
      return { done: 0, more: false };
    }
  };

  const note = (partition: number, applied: Applied) => {
    for (const frozen of applied.frozen) {
      unfrozen.set(frozen.event, frozen);
      ctx.observe?.frozen?.(frozen);
    }
    if (applied.facts > 0) ctx.observe?.applied?.(partition, applied.facts, applied.oldestAt);
    if (applied.end !== 'more') ctx.observe?.caughtUp?.(partition);
    return { done: applied.facts, more: applied.end === 'more' };
  };

  /**
   * Tells the inventory to stop selling; an event that was thawed in the meantime is left alone. The list is read again
   * and again: the worker that froze an event may have died before it could tell. An event that cannot be told now (its
   * partition is closed) waits for the next list; the journal of the others does not wait for it.
   */
  const freeze = async () => {
    const now = performance.now();
    if (now >= listAt) {
      listAt = now + frozenListMs;
      const listed = await listFrozen(ctx.db);
      const standing = new Map(listed.map((frozen) => [frozen.event, frozen.version]));
      for (const [event, version] of told) if (standing.get(event) !== version) told.delete(event);
      for (const frozen of listed) {
        if (told.get(frozen.event) !== frozen.version) unfrozen.set(frozen.event, frozen);
      }
    }
    for (const [event, frozen] of unfrozen) {
      unfrozen.delete(event);
      try {
        if (!(await isStillFrozen(ctx.db, frozen))) continue;
        await freezeEvent(ctx.inventory, frozen);
        told.set(event, frozen.version);
      } catch (error) {
        ctx.observe?.failed?.(partitionOf(frozen.event as EventId, ctx.partitions), error);
      }
    }
  };

  return {
    name: 'write-journal',
    idleMs: 20,
    drains: true,
    async tick() {
      const ends = await journalEnds(ctx.redis, streams);
      let done = 0;
      let more = false;
      const waiting = partitions.values();
      const lane = async () => {
        for (const partition of waiting) {
          const end = ends[partition];
          if (end === undefined) continue;
          const step = await apply(partition, end);
          done += step.done;
          more ||= step.more;
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      if (unfrozen.size > 0 || performance.now() >= listAt) await freeze();
      if (done < someFacts) return { done, more };
      return { done, more, restMs: done < busyFacts ? someRestMs : busyRestMs };
    },
  };
}

function isNews({ applied, fruitless }: Seen, end: Position): boolean {
  if (fruitless?.epoch === end.epoch && fruitless.entry === end.entry) return false;
  if (applied === undefined) return true;
  return end.epoch > applied.epoch || (end.epoch === applied.epoch && end.entry > applied.entry);
}
