/** A look at the deadline indexes: which events have due holds right now. Decides nothing; `reclaim` does. */
import type { Redis } from 'ioredis';
import type { EventId } from '../domain/ids.ts';
import { redisFault } from './connection.ts';
import { eventKeys } from './keys.ts';

export type DueTarget = { event: EventId; partition: number; epoch: number };

/** The events whose earliest deadline has passed by Redis's clock; one round trip. */
export async function eventsWithDueHolds(redis: Redis, targets: DueTarget[]): Promise<EventId[]> {
  if (targets.length === 0) return [];
  const pipeline = redis.pipeline();
  pipeline.time();
  for (const { event, partition, epoch } of targets) {
    pipeline.call('ZRANGE', eventKeys(partition, epoch, event).due, 0, 0, 'WITHSCORES');
  }
  let answers: [Error | null, unknown][];
  try {
    answers = (await pipeline.exec()) ?? [];
  } catch (error) {
    throw redisFault(error);
  }
  const [time, ...firsts] = answers.map(([error, answer]) => {
    if (error) throw redisFault(error);
    return (answer as (string | number | (string | number)[])[]).flat();
  });
  const now = Number(time?.[0]) * 1000 + Number(time?.[1]) / 1000;
  return targets
    .filter((_, at) => Number(firsts[at]?.[1] ?? Number.POSITIVE_INFINITY) <= now)
    .map(({ event }) => event);
}
