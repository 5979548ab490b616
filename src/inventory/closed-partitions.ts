/** Which partitions take no command at this moment: for /readyz, which must not believe what this process remembers. */
import type { Redis } from 'ioredis';
import type { Epochs } from './epochs.ts';
import { probe } from './probe.ts';

/** Those whose epoch is not known, or not the one Redis has the scripts and the journal of. Throws the fault of an unreachable Redis. */
export async function closedPartitions(
  redis: Redis,
  epochs: Epochs,
  partitions: number,
  time?: Parameters<typeof probe>[2],
): Promise<number[]> {
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const targets = all.flatMap((partition) => {
    const epoch = epochs.of(partition);
    return epoch === undefined ? [] : [{ partition, epoch, events: [] }];
  });
  const answers = targets.length === 0 ? [] : await probe(redis, targets, time);
  const open = answers.flatMap((answer, at) =>
    answer.state === 'answered' && answer.last.epoch === targets[at]?.epoch ? [answer.partition] : [],
  );
  const closed = all.filter((partition) => !open.includes(partition));
  if (closed.length > 0) epochs.suspect();
  return closed;
}
