/**
 * The journal's entries, decoded: what the scripts appended, as facts with long names. An entry is read whole or not at
 * all; one that is no entry of ours is a fault that names the entry, the fact and what is wrong with it, because nothing
 * behind it may be applied before it.
 */
import type { Redis } from 'ioredis';
import type { Fact } from '../domain/facts.ts';
import { Fault } from '../domain/faults.ts';
import type { EventId, UserId } from '../domain/ids.ts';
import { decodeFact, Malformed } from './journal-fact.ts';

export type JournalEntry = {
  epoch: number;
  /** n of the stream id `<epoch>-<n>`. */
  entry: number;
  /** Unix ms by Redis's clock. */
  at: number;
  facts: Fact[];
  /** Who was logged in, per fact; null where nobody or unknown. Empty when no fact of the entry has one. */
  users: (UserId | null)[];
};

/** What XRANGE answers for one entry: id, and fields and values in turn. */
export type RawEntry = [id: string, fields: string[]];

function decode(id: string, fields: string[]): JournalEntry {
  const dash = id.indexOf('-');
  const values: Record<string, string> = {};
  for (let at = 0; at + 1 < fields.length; at += 2) values[fields[at] as string] = fields[at + 1] as string;
  const { e, t, f, u } = values;
  const at = Number(t);
  if (e === undefined || f === undefined || !Number.isSafeInteger(at)) {
    throw new Malformed('the fields e, t and f must be there');
  }
  const texts: unknown = JSON.parse(f);
  const users: unknown = u === undefined ? [] : JSON.parse(u);
  if (!Array.isArray(texts)) throw new Malformed('f is not an array');
  if (!Array.isArray(users) || (u !== undefined && users.length !== texts.length)) {
    throw new Malformed('u is not as long as f');
  }
  const facts = texts.map((short: unknown, position) => {
    try {
      return decodeFact(e as EventId, at, short);
    } catch (error) {
      throw new Malformed(`fact ${position} of event ${e}: ${(error as Error).message}`);
    }
  });
  return { epoch: Number(id.slice(0, dash)), entry: Number(id.slice(dash + 1)), at, facts, users };
}

/** Throws the fault `journal_gap` for an entry that cannot be read: it must not be passed over. */
export function decodeEntry(stream: string, [id, fields]: RawEntry): JournalEntry {
  try {
    return decode(id, fields);
  } catch (error) {
    throw new Fault('journal_gap', `entry ${id} of ${stream} is not readable: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * Up to `entriesMax` entries from `<epoch>-<entry>` on, without waiting, older first. Entries of later epochs are in the
 * answer too: what to make of them is the reader's business.
 */
export async function readJournal(
  redis: Redis,
  stream: string,
  from: { epoch: number; entry: number },
  entriesMax: number,
): Promise<RawEntry[]> {
  return redis.xrange(stream, `${from.epoch}-${from.entry}`, '+', 'COUNT', entriesMax);
}

/** Removes what stands before `<epoch>-<entry>`. Returns how many entries went. */
export async function trimJournal(
  redis: Redis,
  stream: string,
  before: { epoch: number; entry: number },
): Promise<number> {
  return redis.xtrim(stream, 'MINID', `${before.epoch}-${before.entry}`);
}

/** The newest entry's id per stream, undefined for an empty one, in one round trip. */
export async function journalEnds(
  redis: Redis,
  streams: string[],
): Promise<({ epoch: number; entry: number } | undefined)[]> {
  const pipeline = redis.pipeline();
  for (const stream of streams) pipeline.xrevrange(stream, '+', '-', 'COUNT', 1);
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, entries]) => {
    if (error) throw error;
    const [newest] = entries as RawEntry[];
    if (newest === undefined) return undefined;
    const [epoch, entry] = newest[0].split('-').map(Number);
    return { epoch: epoch ?? 0, entry: entry ?? 0 };
  });
}
