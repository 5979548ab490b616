/**
 * Reserve, batched: the reserves of one event that arrive in the same turn of the event loop go to Redis in one script
 * call, which costs half of what they cost alone. A single reserve is a batch of one.
 */
import { Fault } from '../../domain/faults.ts';
import type { EventId } from '../../domain/ids.ts';
import { refusalOf } from '../answer.ts';
import type { Inventory, ReserveCommand } from '../inventory.ts';
import { basketRecord, parseHold } from '../records.ts';
import { type Reply, type Run, reclaimRoundsMax } from '../run.ts';
import { defineScript } from '../script.ts';

export const reserveScript = defineScript({
  name: 'reserve',
  flags: '',
  args: [],
  each: ['hold', 'buyer', 'user', 'basket'],
  markers: 'each',
});

/** Bounds the pause that one call causes in Redis: 0.5 to 1 ms. */
export const reserveBatchMax = 32;
/** Reserves of one event waiting for their turn: more than this is answered at once, not queued. */
const waitingMax = 20_000;

type Answer = Awaited<ReturnType<Inventory['reserve']>>;
type Waiting = {
  cmd: ReserveCommand;
  basket: string;
  rounds: number;
  resolve: (answer: Answer) => void;
  reject: (fault: unknown) => void;
};

export function reserve(run: Run): Inventory['reserve'] {
  const queues = new Map<EventId, Waiting[]>();

  const flush = (event: EventId): void => {
    const queue = queues.get(event) ?? [];
    queues.delete(event);
    for (let from = 0; from < queue.length; from += reserveBatchMax) {
      void send(event, queue.slice(from, from + reserveBatchMax));
    }
  };
  const enqueue = (event: EventId, waiting: Waiting): void => {
    const queue = queues.get(event);
    if (queue === undefined) {
      queues.set(event, [waiting]);
      setImmediate(flush, event);
    } else if (queue.length < waitingMax) {
      queue.push(waiting);
    } else {
      waiting.reject(
        new Fault('inventory_unavailable', `More than ${waitingMax} reserves are waiting for event ${event}`),
      );
    }
  };
  const send = async (event: EventId, batch: Waiting[]): Promise<void> => {
    try {
      const reply = await run(
        reserveScript,
        event,
        {},
        {
          each: batch.map(({ cmd, basket }) => ({
            hold: cmd.hold,
            buyer: cmd.buyer,
            user: cmd.user,
            basket,
          })),
          markers: batch.map(({ cmd }) => cmd.hold),
        },
      );
      const refused = refusalOf(reply);
      for (const [index, waiting] of batch.entries()) {
        if (refused) waiting.resolve(refused);
        else settle(event, waiting, reply[index + 3] as string | Reply, Number(reply[1]), Number(reply[2]));
      }
    } catch (fault) {
      for (const waiting of batch) waiting.reject(fault);
    }
  };
  /** `answer` is a hold's record, or what became of the reserve otherwise. `version` is the event's after the batch. */
  const settle = (
    event: EventId,
    waiting: Waiting,
    answer: string | Reply,
    now: number,
    version: number,
  ): void => {
    const replayed = typeof answer !== 'string';
    if (replayed && answer[0] === 'reclaim_pending') {
      waiting.rounds += 1;
      if (waiting.rounds < reclaimRoundsMax) enqueue(event, waiting);
      else
        waiting.reject(
          new Fault('inventory_unavailable', 'Holds are still due after the last round of reclaiming'),
        );
      return;
    }
    const refusal = replayed ? refusalOf(answer) : undefined;
    if (refusal) {
      waiting.resolve(refusal);
      return;
    }
    const hold = parseHold(waiting.cmd.hold, replayed ? String(answer[1]) : answer);
    waiting.resolve({ status: 'held', replayed, version, hold, now });
  };

  return (cmd) =>
    new Promise((resolve, reject) => {
      enqueue(cmd.event, { cmd, basket: basketRecord(cmd.items), rounds: 0, resolve, reject });
    });
}
