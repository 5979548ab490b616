/**
 * The journal's entries, decoded: what the scripts appended, as facts with long names. An entry is read whole or not at
 * all; one that is no entry of ours is a fault that names the entry, the fact and what is wrong with it, because nothing
 * behind it may be applied before it.
 */
import type { Redis } from 'ioredis';
import type { Fact } from '../domain/facts.ts';
import { Fault } from '../domain/faults.ts';
import { type EventId, isUuid, type UserId } from '../domain/ids.ts';
import { redisFault } from './connection.ts';
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
export type RawEntry = [id: Buffer, fields: Buffer[]];

function decode(id: Buffer, fields: Buffer[]): JournalEntry {
  const values: Record<string, string> = {};
  for (let at = 0; at + 1 < fields.length; at += 2) values[String(fields[at])] = String(fields[at + 1]);
  const { e, t, f, u } = values;
  const at = Number(t);
  if (e === undefined || f === undefined || !Number.isSafeInteger(at) || at <= 0) {
    throw new Malformed('the fields e, t and f must be there');
  }
  if (!isUuid(e)) throw new Malformed(`the event ${JSON.stringify(e)} is no id`);
  const texts: unknown = JSON.parse(f);
  if (!Array.isArray(texts)) throw new Malformed('f is not an array');
  const users = u === undefined ? [] : u.split(' ').map((user) => (user === '-' ? null : user));
  if (u !== undefined && users.length !== texts.length) throw new Malformed('u is not as long as f');
  if (users.some((user) => user !== null && !isUuid(user))) throw new Malformed('u is not ids and dashes');
  const facts = texts.map((short: unknown, position) => {
    try {
      return decodeFact(e as EventId, at, short);
    } catch (error) {
      throw new Malformed(`fact ${position} of event ${e}: ${(error as Error).message}`);
    }
  });
  return { ...positionOf(id), at, facts, users: users as (UserId | null)[] };
}

/** Throws the fault `journal_gap` for an entry that cannot be read: it must not be passed over. */
export function decodeEntry(stream: string, [id, fields]: RawEntry): JournalEntry {
  try {
    return decode(id, fields);
  } catch (error) {
    const what = `entry ${id} of ${stream} is not readable`;
    throw new Fault('journal_gap', `${what}: ${(error as Error).message}`, { cause: error });
  }
}

export type Position = { epoch: number; entry: number };

export function positionOf(id: string | Buffer): Position {
  const [epoch, entry] = String(id).split('-');
  return { epoch: Number(epoch), entry: Number(entry) };
}

const idOf = ({ epoch, entry }: Position) => `${epoch}-${entry}`;

async function asked<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw redisFault(error);
  }
}

/**
 * Up to `entriesMax` entries from this position on, oldest first, without waiting. Entries of later epochs are in the
 * answer too: what to make of them is the reader's business.
 */
export function readJournal(
  redis: Redis,
  stream: string,
  from: Position,
  entriesMax: number,
): Promise<RawEntry[]> {
  return asked(redis.xrangeBuffer(stream, idOf(from), '+', 'COUNT', entriesMax));
}

/** The newest position of each stream, undefined for an empty one; one round trip. */
export async function journalEnds(redis: Redis, streams: string[]): Promise<(Position | undefined)[]> {
  const pipeline = redis.pipeline();
  for (const stream of streams) pipeline.xrevrange(stream, '+', '-', 'COUNT', 1);
  const answers = (await asked(pipeline.exec())) ?? [];
  return answers.map(([error, entries]) => {
    if (error) throw redisFault(error);
    const [newest] = entries as [id: string, fields: string[]][];
    return newest && positionOf(newest[0]);
  });
}

/** The oldest entry from this position on (of all, without one) and its time, Unix ms. */
export async function firstEntry(
  redis: Redis,
  stream: string,
  from?: Position,
): Promise<{ position: Position; at: number } | undefined> {
  const [entry] = await asked(redis.xrange(stream, from ? idOf(from) : '-', '+', 'COUNT', 1));
  if (entry === undefined) return undefined;
  const [id, fields] = entry;
  return { position: positionOf(id), at: Number(fields[fields.indexOf('t') + 1]) };
}

/** Removes what stands before this position. Returns how many entries went. */
export function trimJournal(redis: Redis, stream: string, before: Position): Promise<number> {
  return asked(redis.xtrim(stream, 'MINID', idOf(before)));
}
