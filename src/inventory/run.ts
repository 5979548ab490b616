/**
 * Runs a script for an event: the keys by their names, the arguments by theirs, the SHA of the partition's epoch.
 * Answers are Redis's raw replies; the commands decode them.
 */
import type { Redis } from 'ioredis';
import { Fault } from '../domain/faults.ts';
import { type EventId, type HoldId, partitionOf } from '../domain/ids.ts';
import { redisFault } from './connection.ts';
import type { Epochs } from './epochs.ts';
import { eventKeyNames, eventKeys, journalKey, markerKey } from './keys.ts';
import { type Script, scriptSha, scriptText, type TimeSource } from './script.ts';

export type Reply = (string | number | Reply)[];

export type RunOptions = {
  redis: Redis;
  partitions: number;
  epochs: Epochs;
  /** Tests only: a clock of their own instead of Redis's. */
  now?: () => number;
  /** Told how long each call took, ms, and how it ended. */
  observe?: (script: string, ms: number, outcome: 'ok' | 'fault') => void;
};

export type Run = <Arg extends string, Each extends string>(
  script: Script<Arg, Each>,
  event: EventId,
  args: Record<Arg, string | number>,
  more?: { each?: Record<Each, string | number>[]; markers?: HoldId[] },
) => Promise<Reply>;

const eventsCachedMax = 10_000;

export function createRun(options: RunOptions): Run {
  const { redis, partitions, epochs, now, observe } = options;
  const time: TimeSource = now === undefined ? 'redis' : 'argument';
  const shas = new Map<string, string>();
  const keysOf = new Map<EventId, { epoch: number; keys: string[] }>();

  const shaOf = (script: Script, partition: number, epoch: number): string => {
    const id = `${script.name} ${partition} ${epoch}`;
    let sha = shas.get(id);
    if (sha === undefined) {
      sha = scriptSha(scriptText(script, partition, epoch, time));
      shas.set(id, sha);
    }
    return sha;
  };

  const eventKeyList = (event: EventId, partition: number, epoch: number): string[] => {
    const cached = keysOf.get(event);
    if (cached?.epoch === epoch) return cached.keys;
    const named = eventKeys(partition, epoch, event);
    const keys = [...eventKeyNames.map((name) => named[name]), journalKey(partition)];
    if (keysOf.size >= eventsCachedMax) keysOf.clear();
    keysOf.set(event, { epoch, keys });
    return keys;
  };

  return async (script, event, args, more) => {
    const partition = partitionOf(event, partitions);
    const epoch = epochs.of(partition);
    if (epoch === undefined) {
      epochs.suspect();
      throw new Fault('fenced', `Partition ${partition} is not open`);
    }
    const keys = [...eventKeyList(event, partition, epoch)];
    for (const hold of more?.markers ?? []) keys.push(markerKey(partition, epoch, hold));
    const values: (string | number)[] = [event];
    for (const name of script.args) values.push(args[name]);
    for (const one of more?.each ?? []) for (const name of script.each) values.push(one[name]);
    if (now !== undefined) values.push(now());

    const startedAt = performance.now();
    try {
      const reply = (await redis.evalsha(
        shaOf(script, partition, epoch),
        keys.length,
        ...keys,
        ...values,
      )) as Reply;
      if (reply[0] === 'fenced') {
        throw new Fault('fenced', `The stock of event ${event} is missing, incomplete or of another epoch`);
      }
      observe?.(script.name, performance.now() - startedAt, 'ok');
      return reply;
    } catch (error) {
      observe?.(script.name, performance.now() - startedAt, 'fault');
      const fault = redisFault(error);
      if (fault.code === 'fenced') epochs.suspect();
      throw fault;
    }
  };
}

/** A refusal for want of stock is final only when nothing is due any more: until then the call is made again. */
export async function untilReclaimed(call: () => Promise<Reply>): Promise<Reply> {
  for (let round = 0; round < reclaimRoundsMax; round++) {
    const reply = await call();
    if (reply[0] !== 'reclaim_pending') return reply;
  }
  throw new Fault(
    'inventory_unavailable',
    `Holds are still due after ${reclaimRoundsMax} rounds of reclaiming`,
  );
}

/** 50 holds a round: half a million due holds, five times the largest burst we plan for. */
export const reclaimRoundsMax = 10_000;
