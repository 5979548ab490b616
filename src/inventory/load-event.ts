/**
 * Writes an event's keys as the rebuild decided them, under an epoch whose scripts are not loaded yet: nobody reads these
 * keys until they are all there. Also takes away what an older epoch left.
 */
import type { ChainableCommander, Redis } from 'ioredis';
import type { Sale } from '../domain/facts.ts';
import type { BuyerId, EventId, HoldId, LineId, TicketId } from '../domain/ids.ts';
import { redisFault } from './connection.ts';
import type { HoldView, LineView } from './inventory.ts';
import { eventKeys, markerKey } from './keys.ts';
import { holdRecord, lineRecord, saleWords } from './records.ts';

/** Everything a command reads of an event. */
export type EventState = {
  event: EventId;
  version: number;
  frozen: boolean;
  sale: Sale;
  lines: LineView[];
  holds: { view: HoldView; user: string | null }[];
  buyers: Map<BuyerId, Map<LineId, number>>;
  /** Holds and operations that ended, oldest first: id, when (Unix ms), record. */
  ended: { id: string; at: number; record: string }[];
  /** Tickets that are void. */
  voided: TicketId[];
  /** The event is retired: its stock stays this long, so that late commands are told so. */
  tombstoneMs?: number;
};

/** Ends are kept in periods of two hours, this one and the last (docs/data.md). */
export const endedPeriodMs = 2 * 3_600_000;
/** Fields per command: keeps each command's pause in Redis far below a millisecond. */
const chunkMax = 200;
/** Commands per round trip: bounds the memory of both sides. */
const pipelineMax = 500;

type Write = (add: (pipeline: ChainableCommander) => void) => Promise<void>;

function chunks<Value>(values: Value[], size: number): Value[][] {
  const parts: Value[][] = [];
  for (let from = 0; from < values.length; from += size) parts.push(values.slice(from, from + size));
  return parts;
}

/** A writer that sends its commands in round trips of `pipelineMax`, and `flush` for what is left. */
function writerOn(redis: Redis): { write: Write; flush: () => Promise<void> } {
  let pipeline = redis.pipeline();
  const flush = async (): Promise<void> => {
    const sent = pipeline;
    pipeline = redis.pipeline();
    if (sent.length === 0) return;
    for (const [error] of (await sent.exec()) ?? []) {
      if (error) throw redisFault(error);
    }
  };
  const write: Write = async (add) => {
    add(pipeline);
    if (pipeline.length >= pipelineMax) await flush();
  };
  return { write, flush };
}

/** `now`: Unix ms by Redis's clock. */
export async function loadEvent(
  redis: Redis,
  partition: number,
  epoch: number,
  state: EventState,
  now: number,
): Promise<void> {
  const keys = eventKeys(partition, epoch, state.event);
  const { write, flush } = writerOn(redis);
  await write((pipeline) => pipeline.del(...Object.values(keys)));

  for (const part of chunks(state.holds, chunkMax)) {
    await write((to) =>
      to.hset(keys.holds, ...part.flatMap(({ view, user }) => [view.hold, holdRecord(view, user)])),
    );
    for (const [key, holds] of [
      [keys.due, part.filter(({ view }) => view.state === 'active')],
      [keys.closing, part.filter(({ view }) => view.state === 'paying')],
    ] as const) {
      if (holds.length === 0) continue;
      await write((to) => to.zadd(key, ...holds.flatMap(({ view }) => [view.deadline, view.hold])));
    }
    for (const { view } of part) {
      if (view.deadline <= now) continue;
      await write((to) => to.set(markerKey(partition, epoch, view.hold), view.state, 'PXAT', view.deadline));
    }
  }
  for (const part of chunks([...state.buyers], chunkMax)) {
    const records = part.map(([buyer, units]) => [buyer, [...units].map((unit) => unit.join(':')).join(' ')]);
    await write((to) => to.hset(keys.buyers, ...records.flat()));
  }
  await loadEnded(write, keys, state, now);
  // The member that is no ticket: see open.lua. A retired event has no such list.
  if (state.tombstoneMs === undefined) {
    for (const part of chunks(['-', ...state.voided], chunkMax)) {
      await write((to) => to.sadd(keys.voided, ...part));
    }
  }

  const stock = {
    epoch,
    version: state.version,
    live: state.holds.length,
    lines: state.lines.length,
    frozen: state.frozen ? 1 : 0,
    sale: saleWords(state.sale).join(' '),
    ...Object.fromEntries(state.lines.map((line) => [`line:${line.line}`, lineRecord(line)])),
  };
  await write((to) => to.hset(keys.stock, stock));
  const { tombstoneMs } = state;
  if (tombstoneMs !== undefined) await write((to) => to.pexpire(keys.stock, tombstoneMs));
  await flush();
}

async function loadEnded(
  write: Write,
  keys: { ended0: string; ended1: string },
  { ended }: EventState,
  now: number,
): Promise<void> {
  const period = Math.floor(now / endedPeriodMs);
  for (const kept of [period - 1, period]) {
    const key = kept % 2 === 0 ? keys.ended0 : keys.ended1;
    const records = ended.filter(({ at }) => Math.floor(at / endedPeriodMs) === kept);
    if (records.length === 0) continue;
    for (const part of chunks(records, chunkMax)) {
      await write((to) => to.hset(key, 'period', kept, ...part.flatMap(({ id, record }) => [id, record])));
    }
    await write((to) => to.pexpireat(key, (kept + 2) * endedPeriodMs));
  }
}

/** Removes an event's keys of an epoch that is over, and the markers of its holds. */
export async function unloadEvents(
  redis: Redis,
  partition: number,
  epoch: number,
  events: EventId[],
): Promise<void> {
  const { write, flush } = writerOn(redis);
  for (const event of events) {
    const keys = eventKeys(partition, epoch, event);
    for await (const holds of scanned(redis, keys.holds)) {
      const markers = holds.map((hold) => markerKey(partition, epoch, hold));
      if (markers.length > 0) await write((to) => to.unlink(...markers));
    }
    await flush();
    await write((to) => to.unlink(...Object.values(keys)));
  }
  await flush();
}

/** The ids in a hash of holds, `chunkMax` at about a time. */
async function* scanned(redis: Redis, key: string): AsyncGenerator<HoldId[]> {
  for (let cursor = '0'; ; ) {
    try {
      const [next, fields] = await redis.hscan(key, cursor, 'COUNT', chunkMax);
      cursor = next;
      yield fields.filter((_, at) => at % 2 === 0) as HoldId[];
    } catch (error) {
      throw redisFault(error);
    }
    if (cursor === '0') return;
  }
}
