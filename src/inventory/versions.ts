/**
 * The versions of many events in one pipelined round trip: a few bytes each, so that nobody reads a snapshot to learn that
 * nothing has changed.
 */
import type { Redis } from 'ioredis';
import type { EventId } from '../domain/ids.ts';
import { redisFault } from './connection.ts';
import { eventKeys, journalKey } from './keys.ts';

export type VersionTarget = { partition: number; epoch: number; events: EventId[] };
/** `fenced`: the partition has entered a later epoch. A version is undefined where the event's stock is not there. */
export type Versions = { fenced: number[]; versions: Map<EventId, number | undefined> };

/** Throws the fault of an unreachable Redis. */
export async function readVersions(redis: Redis, targets: VersionTarget[]): Promise<Versions> {
  const pipeline = redis.pipeline();
  for (const { partition, epoch, events } of targets) {
    // Empty but during and after a rebuild: the keys of an older epoch may be there still, and stand still.
    pipeline.xrange(journalKey(partition), `${epoch + 1}-0`, '+', 'COUNT', 1);
    for (const event of events) pipeline.hget(eventKeys(partition, epoch, event).stock, 'version');
  }
  let replies: [Error | null, unknown][] | null;
  try {
    replies = await pipeline.exec();
  } catch (error) {
    throw redisFault(error);
  }
  let at = 0;
  const next = () => {
    const [error, reply] = replies?.[at++] ?? [new Error('no reply'), undefined];
    if (error) throw redisFault(error);
    return reply;
  };
  const found: Versions = { fenced: [], versions: new Map() };
  for (const { partition, events } of targets) {
    const later = next() as unknown[];
    if (later.length > 0) found.fenced.push(partition);
    for (const event of events) {
      const version = next() as string | null;
      found.versions.set(event, version === null ? undefined : Number(version));
    }
  }
  return found;
}
