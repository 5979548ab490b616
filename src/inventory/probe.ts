/**
 * Asks whether partitions are whole: scripts loaded, the journal where it should be, every open event's keys present and
 * fitting together. One pipelined round trip for all partitions.
 */
import type { Redis } from 'ioredis';
import { isFault } from '../domain/faults.ts';
import type { EventId } from '../domain/ids.ts';
import { redisFault } from './connection.ts';
import { eventKeys, journalKey } from './keys.ts';
import type { Reply } from './run.ts';
import { defineScript, scriptSha, scriptText, type TimeSource } from './script.ts';

export const probeScript = defineScript({ name: 'probe', flags: 'no-writes', args: [] });

export type ProbeTarget = { partition: number; epoch: number; events: EventId[] };
/** `last`: the id of the journal's newest entry. `broken`: events whose keys are missing or contradict each other. */
export type ProbeResult =
  | { partition: number; state: 'answered'; last: { epoch: number; entry: number }; broken: EventId[] }
  | { partition: number; state: 'fenced' };

/** Throws a fault when Redis cannot be reached; a fenced partition is an answer. */
export async function probe(
  redis: Redis,
  targets: ProbeTarget[],
  time: TimeSource = 'redis',
): Promise<ProbeResult[]> {
  const pipeline = redis.pipeline();
  for (const { partition, epoch, events } of targets) {
    const keys = events.flatMap((event) => {
      const { stock, holds, due, closing, voided } = eventKeys(partition, epoch, event);
      return [stock, holds, due, closing, voided];
    });
    const now = time === 'argument' ? [0] : [];
    const sha = scriptSha(scriptText(probeScript, partition, epoch, time));
    pipeline.evalsha(sha, 1 + keys.length, journalKey(partition), ...keys, ...events, ...now);
  }
  let replies: [Error | null, unknown][] | null;
  try {
    replies = await pipeline.exec();
  } catch (error) {
    throw redisFault(error);
  }
  return targets.map(({ partition }, index) => {
    const [error, reply] = replies?.[index] ?? [new Error('no reply'), undefined];
    if (error) {
      const fault = redisFault(error);
      if (isFault(fault, 'fenced')) return { partition, state: 'fenced' };
      throw fault;
    }
    const [, last, broken] = reply as [string, string, EventId[]] & Reply;
    const [epoch, entry] = last.split('-').map(Number) as [number, number];
    return { partition, state: 'answered', last: { epoch, entry }, broken };
  });
}
