/**
 * Reads the next batch of a partition's journal, decoded and spelled out for the ledger. Making a batch takes as long here as
 * writing it takes in Postgres, so the batch after this one is made while this one is written: entries never change, and a
 * batch read ahead is used only when it begins at exactly the entry that the locked watermark asks for.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { Fault } from '../../domain/faults.ts';
import {
  decodeEntry,
  type JournalEntry,
  positionOf,
  type RawEntry,
  readJournal,
} from '../../inventory/journal.ts';
import { journalKey } from '../../inventory/keys.ts';
import type { Watermark } from '../../persistence/queries/journal-watermark.ts';
import type { Entered } from './plan.ts';
import { LedgerBatch } from './write-ledger.ts';

export type Batch = {
  end: 'drained' | 'more' | 'other_epoch';
  facts: Entered[];
  /** The same facts as the ledger takes them. */
  ledger: LedgerBatch;
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
/** Of one read. An entry has up to 50 facts and more (a reclaim), so reads are short and repeated until a batch is full. */
const readEntriesMax = 500;
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
  const batch: Batch = { end: 'more', facts: [], ledger, entry, oldestAt: undefined };
  let turnAt = turnFacts;
  for (;;) {
    const raws = await readJournal(redis, stream, { epoch, entry: batch.entry + 1 }, readEntriesMax);
    for (const raw of raws) {
      if (positionOf(raw[0]).epoch !== epoch) return { ...batch, end: 'other_epoch' };
      try {
        take(batch, decodeNext(stream, epoch, batch.entry + 1, raw));
      } catch (error) {
        // What comes before it is whole and goes first; the next batch begins with it and is the one that fails.
        if (batch.entry > entry) return batch;
        throw error;
      }
      if (batch.facts.length >= batchFactsMax) return batch;
      if (batch.facts.length >= turnAt) {
        turnAt = batch.facts.length + turnFacts;
        await turn();
      }
    }
    if (raws.length < readEntriesMax) return { ...batch, end: 'drained' };
  }
}

/** All of an entry or, throwing, nothing of it. */
function take(batch: Batch, { entry, at, facts, users }: JournalEntry): void {
  const entered = facts.map((fact, position) => ({ fact, user: users[position] ?? null }));
  batch.ledger.add(entered, entry);
  for (const each of entered) batch.facts.push(each);
  batch.entry = entry;
  batch.oldestAt ??= at;
}

function decodeNext(stream: string, epoch: number, expected: number, raw: RawEntry): JournalEntry {
  if (positionOf(raw[0]).entry !== expected) {
    throw new Fault(
      'journal_gap',
      `${stream}: entry ${raw[0]} is there, ${epoch}-${expected} must come next`,
    );
  }
  return decodeEntry(stream, raw);
}
