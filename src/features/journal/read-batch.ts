/**
 * Reads the next batch of a partition's journal, decoded and spelled out. Reading and decoding take as long here as writing
 * takes in Postgres, so the batch after this one is read while this one is written: entries never change, and a batch read
 * ahead is used only when it begins at exactly the entry that the locked watermark asks for.
 */
import type { Redis } from 'ioredis';
import { Fault } from '../../domain/faults.ts';
import { canonicalText } from '../../domain/ledger.ts';
import {
  decodeEntry,
  type JournalEntry,
  positionOf,
  type RawEntry,
  readJournal,
} from '../../inventory/journal.ts';
import { journalKey } from '../../inventory/keys.ts';
import type { Watermark } from '../../persistence/queries/journal-watermark.ts';
import type { Positioned } from './write-ledger.ts';

export type Batch = {
  end: 'drained' | 'more' | 'other_epoch';
  facts: Positioned[];
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

/** What follows `from`. Throws the fault `journal_gap` when the very first entry is not the next one, or not readable. */
export function nextBatch(redis: Redis, ahead: ReadAhead | undefined, from: From): Promise<Batch> {
  const begun = ahead?.get(from.partition);
  ahead?.delete(from.partition);
  if (begun?.from.epoch === from.epoch && begun.from.entry === from.entry) return begun.batch;
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
  const batch: Batch = { end: 'more', facts: [], entry, oldestAt: undefined };
  for (;;) {
    const raws = await readJournal(redis, stream, { epoch, entry: batch.entry + 1 }, readEntriesMax);
    for (const raw of raws) {
      if (positionOf(raw[0]).epoch !== epoch) return { ...batch, end: 'other_epoch' };
      let decoded: JournalEntry;
      try {
        decoded = decodeNext(stream, epoch, batch.entry + 1, raw);
      } catch (error) {
        // What comes before it is whole and goes first; the next batch begins with it and is the one that fails.
        if (batch.entry > entry) return batch;
        throw error;
      }
      take(batch, decoded);
      if (batch.facts.length >= batchFactsMax) return batch;
    }
    if (raws.length < readEntriesMax) return { ...batch, end: 'drained' };
  }
}

function take(batch: Batch, { entry, at, facts, users }: JournalEntry): void {
  batch.entry = entry;
  batch.oldestAt ??= at;
  for (let position = 0; position < facts.length; position++) {
    const fact = facts[position] as Positioned['fact'];
    batch.facts.push({ fact, user: users[position] ?? null, entry, position, body: canonicalText(fact) });
  }
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
