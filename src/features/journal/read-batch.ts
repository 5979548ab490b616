/**
 * Reads the next batch of a partition's journal, decoded and spelled out for the ledger. Making a batch takes as long here as
 * writing it takes in Postgres, so the batch after this one is made while this one is written: entries never change, and a
 * batch read ahead is used only when it begins at exactly the entry that the locked watermark asks for.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { Fault } from '../../domain/faults.ts';
import { HeldEntry } from '../../inventory/held-entry.ts';
import {
  decodeEntry,
  type JournalEntry,
  positionOf,
  type RawEntry,
  readJournal,
} from '../../inventory/journal.ts';
import { journalKey } from '../../inventory/keys.ts';
import { HoldRows } from '../../persistence/queries/journal-holds.ts';
import type { Watermark } from '../../persistence/queries/journal-watermark.ts';
import type { Entered, Part } from './plan.ts';
import { LedgerBatch } from './write-ledger.ts';

export type Batch = {
  end: 'drained' | 'more' | 'other_epoch';
  parts: Part[];
  /** How many facts that are. */
  facts: number;
  /** The same facts as the ledger takes them. */
  ledger: LedgerBatch;
  /** The rows of the holds that begin in its reserved parts. */
  holds: HoldRows;
  /** The last entry read, or the one before the first when nothing was. */
  entry: number;
  /** Unix ms by Redis's clock. */
  oldestAt: number | undefined;
};

type From = Pick<Watermark, 'partition' | 'epoch' | 'entry'>;

/** Batches that were begun before anybody asked for them, one a partition at most. */
export type ReadAhead = Map<number, { from: From; batch: Promise<Batch> }>;

/** A few thousand facts keep a transaction under 200 ms; an entry is never split, so a batch may be longer by one. */
export const batchFactsMax = 4_000;
/** Of one read. An entry has one fact, or 50 and more (a reclaim), so reads are repeated until a batch is full. */
const readEntriesMax = 500;
/** Of the first one, which shows how many facts an entry has: what is read and does not fit is read and parsed again. */
const firstEntriesMax = 40;
/** After as many facts the event loop has a turn: an answer of Postgres waits for a millisecond or so. */
const turnFacts = 50;

/** What follows `from`. Throws the fault `journal_gap` when the very first entry is not the next one, or not readable. */
export async function nextBatch(redis: Redis, ahead: ReadAhead | undefined, from: From): Promise<Batch> {
  const begun = ahead?.get(from.partition);
  ahead?.delete(from.partition);
  if (begun?.from.epoch === from.epoch && begun.from.entry === from.entry) {
    const batch = await begun.batch;
    // One that found nothing is as old as its reading: by now there may be something.
    if (batch.entry > from.entry) return batch;
  }
  return readBatch(redis, from);
}

export function beginNext(redis: Redis, ahead: ReadAhead | undefined, from: From, batch: Batch): void {
  if (ahead === undefined || batch.end !== 'more') return;
  const next = { ...from, entry: batch.entry };
  const begun = { from: next, batch: readBatch(redis, next) };
  // Whoever asks for it hears of the failure; nobody may ever ask.
  begun.batch.catch(() => {
    if (ahead.get(from.partition) === begun) ahead.delete(from.partition);
  });
  ahead.set(from.partition, begun);
}

async function readBatch(redis: Redis, { partition, epoch, entry }: From): Promise<Batch> {
  const stream = journalKey(partition);
  const ledger = new LedgerBatch({ partition, epoch }, readEntriesMax);
  const holds = new HoldRows(readEntriesMax);
  const batch: Batch = { end: 'more', parts: [], facts: 0, ledger, holds, entry, oldestAt: undefined };
  let turnAt = turnFacts;
  let asked = firstEntriesMax;
  for (;;) {
    const raws = await readJournal(redis, stream, { epoch, entry: batch.entry + 1 }, asked);
    for (const raw of raws) {
      if (positionOf(raw[0]).epoch !== epoch) return { ...batch, end: 'other_epoch' };
      try {
        takeNext(batch, stream, epoch, raw);
      } catch (error) {
        // What comes before it is whole and goes first; the next batch begins with it and is the one that fails.
        if (batch.entry > entry) return batch;
        throw error;
      }
      if (batch.facts >= batchFactsMax) return batch;
      if (batch.facts >= turnAt) {
        turnAt = batch.facts + turnFacts;
        await turn();
      }
    }
    if (raws.length < asked) return { ...batch, end: 'drained' };
    asked = entriesLeft(batch, entry);
  }
}

/** As many entries as will fill the batch, if they are like those that are in it. */
function entriesLeft(batch: Batch, from: number): number {
  const share = (batchFactsMax - batch.facts) / Math.max(batch.facts, 1);
  return Math.min(Math.ceil((batch.entry - from) * share), readEntriesMax);
}

/** All of an entry or, throwing, nothing of it. */
function takeNext(batch: Batch, stream: string, epoch: number, raw: RawEntry): void {
  const expected = batch.entry + 1;
  if (positionOf(raw[0]).entry !== expected) {
    throw new Fault(
      'journal_gap',
      `${stream}: entry ${raw[0]} is there, ${epoch}-${expected} must come next`,
    );
  }
  if (!takeReserved(batch, stream, raw)) take(batch, decodeEntry(stream, raw));
  batch.entry = expected;
}

function take(batch: Batch, decoded: JournalEntry): void {
  const facts = entered(decoded);
  batch.ledger.add(facts, decoded.entry);
  for (const each of facts) batch.parts.push(each);
  batch.facts += facts.length;
  batch.oldestAt ??= decoded.at;
}

/** A batch is read by nobody else between two turns. */
const held = new HeldEntry();

/** As bytes, if it is a reserve's. */
function takeReserved(batch: Batch, stream: string, raw: RawEntry): boolean {
  if (!held.begin(raw)) return false;
  const from = batch.holds.mark();
  const tails = batch.ledger.addHeld(held, batch.entry + 1, batch.holds);
  if (tails === undefined) return false;
  const { event, at } = held;
  const rows = { from, to: batch.holds.mark() };
  const unfold = () => entered(decodeEntry(stream, raw));
  batch.parts.push({ event, ...held.sum(), rows, tails, unfold });
  batch.facts += tails.length;
  batch.oldestAt ??= at;
  return true;
}

function entered({ facts, users }: JournalEntry): Entered[] {
  return facts.map((fact, position) => ({ fact, user: users[position] ?? null }));
}

/** Every fact as an object of its own. */
export function unfolded(parts: Part[]): Entered[] {
  return parts.flatMap((part) => ('fact' in part ? part : part.unfold()));
}
