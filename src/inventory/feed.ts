/**
 * The feed: snapshots of the events that somebody watches, as they change. Every tick it asks for the versions of all of
 * them at once, and reads those whose version moved; after a change it reads on every tick until the version has stood still
 * for two, and every 5 s anyway. So the last change of a burst is always read, and holds that are due come back for those
 * who look. No event is read twice at once, and none waits for a slow one.
 *
 *   unread -> live     the first snapshot
 *   live   -> stale    Redis does not answer, or the partition is fenced; told once
 *   stale  -> live     the next snapshot, of whatever epoch
 *   any    -> gone     the event was retired: told once, and no longer watched
 */
import type { Redis } from 'ioredis';
import { type FaultCode, isFault } from '../domain/faults.ts';
import { type EventId, partitionOf } from '../domain/ids.ts';
import type { RefusalCode } from '../domain/refusals.ts';
import type { Epochs } from './epochs.ts';
import type { Inventory, Snapshot } from './inventory.ts';
import { readVersions, type VersionTarget } from './versions.ts';

export type { Snapshot } from './inventory.ts';

export type FeedListener = {
  snapshot(snapshot: Snapshot): void;
  /** The last snapshot may be old from here on. */
  stale(code: FaultCode | 'internal_fault'): void;
  gone(code: RefusalCode): void;
};

export type Feed = {
  /** Reads the event at once and on every change. Answers how to end it, or undefined when too many events are watched. */
  watch(event: EventId, listener: FeedListener): (() => void) | undefined;
  /** No further round begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
};

export type FeedOptions = {
  redis: Redis;
  inventory: Pick<Inventory, 'snapshot'>;
  epochs: Epochs;
  partitions: number;
  tickMs: number;
  /** Told of what is no fault of Redis's: a mistake of ours. */
  onError(error: unknown): void;
};

/** 10,000 versions are about 300 KB of replies and 10 ms of Redis. */
export const watchedMax = 10_000;
/** Snapshots under way at once: a slow one (thousands of due holds come back in it) keeps none of the others. */
const readsMax = 64;
const ticksStill = 2;
const anywayMs = 5_000;
/** A round may take a quarter of its time: then it is asked less often, to once a second. */
const restShare = 4;
const widestTickMs = 1_000;

type Watched = {
  event: EventId;
  partition: number;
  listener: FeedListener;
  last: Snapshot | undefined;
  /** How many reads in a row found the version where it was. */
  still: number;
  readAt: number;
  state: 'idle' | 'queued' | 'reading';
  stale: boolean;
};

export function createFeed(options: FeedOptions): Feed {
  const { redis, inventory, epochs, partitions, tickMs } = options;
  const watched = new Map<EventId, Watched>();
  const queue = new Set<Watched>();
  const reading = new Set<Promise<void>>();
  let running = true;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  const stale = (one: Watched, code: FaultCode | 'internal_fault') => {
    if (one.stale || watched.get(one.event) !== one) return;
    one.stale = true;
    one.listener.stale(code);
  };

  const took = (one: Watched, snapshot: Snapshot) => {
    const { last } = one;
    // A read of an older epoch that was under way while the partition was rebuilt.
    if (last && snapshot.epoch < last.epoch) return;
    one.still = last?.epoch === snapshot.epoch && last.version === snapshot.version ? one.still + 1 : 0;
    one.last = snapshot;
    one.stale = false;
    one.listener.snapshot(snapshot);
  };

  const read = async (one: Watched): Promise<void> => {
    one.state = 'reading';
    one.readAt = performance.now();
    try {
      const answer = await inventory.snapshot({ event: one.event });
      if (watched.get(one.event) !== one) return;
      if (answer.status === 'snapshot') took(one, answer);
      else {
        watched.delete(one.event);
        one.listener.gone(answer.status);
      }
    } catch (error) {
      if (!isFault(error)) options.onError(error);
      stale(one, isFault(error) ? error.code : 'internal_fault');
    } finally {
      one.state = 'idle';
    }
  };

  const pump = () => {
    for (const one of queue) {
      if (reading.size >= readsMax) return;
      queue.delete(one);
      if (watched.get(one.event) !== one) continue;
      const under = read(one).finally(() => {
        reading.delete(under);
        if (running) pump();
      });
      reading.add(under);
    }
  };
  const enqueue = (one: Watched) => {
    if (one.state !== 'idle') return;
    one.state = 'queued';
    queue.add(one);
  };

  /** The partitions that can be asked; the events of the others are stale. */
  const targetsOf = (): VersionTarget[] => {
    const targets = new Map<number, VersionTarget>();
    for (const one of watched.values()) {
      const epoch = epochs.of(one.partition);
      if (epoch === undefined) {
        epochs.suspect();
        stale(one, 'fenced');
        continue;
      }
      const target = targets.get(one.partition);
      if (target) target.events.push(one.event);
      else targets.set(one.partition, { partition: one.partition, epoch, events: [one.event] });
    }
    return [...targets.values()];
  };

  const look = async (): Promise<void> => {
    const targets = targetsOf();
    if (targets.length === 0) return;
    const { fenced, versions } = await readVersions(redis, targets);
    if (fenced.length > 0) epochs.suspect();
    const now = performance.now();
    for (const [event, version] of versions) {
      const one = watched.get(event);
      if (!one) continue;
      if (fenced.includes(one.partition)) stale(one, 'fenced');
      else if (one.stale || one.still < ticksStill || one.last?.version !== version) enqueue(one);
      else if (now - one.readAt >= anywayMs) enqueue(one);
    }
    pump();
  };

  const begin = () => {
    const startedAt = performance.now();
    round = look()
      .catch((error: unknown) => {
        if (!isFault(error)) options.onError(error);
        for (const one of watched.values()) stale(one, isFault(error) ? error.code : 'internal_fault');
      })
      .then(() => {
        const tookMs = performance.now() - startedAt;
        const everyMs = Math.max(tickMs, Math.min(widestTickMs, tookMs * restShare));
        if (running) timer = setTimeout(begin, Math.max(0, everyMs - tookMs));
      });
  };
  begin();

  return {
    watch(event, listener) {
      if (watched.size >= watchedMax) return undefined;
      if (watched.has(event)) throw new Error(`event ${event} is watched already`);
      const partition = partitionOf(event, partitions);
      const one: Watched = {
        event,
        partition,
        listener,
        last: undefined,
        still: 0,
        readAt: 0,
        state: 'idle',
        stale: false,
      };
      watched.set(event, one);
      enqueue(one);
      pump();
      return () => {
        if (watched.get(event) === one) watched.delete(event);
      };
    },
    async stop() {
      running = false;
      clearTimeout(timer);
      watched.clear();
      queue.clear();
      await round;
      await Promise.all(reading);
    },
  };
}
