/**
 * Reserve, batched: the reserves of one event that arrive in the same turn of the event loop, or while earlier ones are
 * under way, go to Redis in one script call, which costs half of what they cost alone. A single reserve is a batch of one.
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

/**
 * Batches of one event under way at once. One keeps Redis busy while the other is being answered; with more, batches
 * would be small exactly when there is most to do.
 */
const inFlightMax = 2;

type Answer = Awaited<ReturnType<Inventory['reserve']>>;
type Waiting = {
  cmd: ReserveCommand;
  basket: string;
  rounds: number;
  resolve: (answer: Answer) => void;
  reject: (fault: unknown) => void;
};

/** The reserves of one event that wait for their turn, and how many batches are under way. */
type Lane = { queue: Waiting[]; inFlight: number; scheduled: boolean };

export function reserve(run: Run): Inventory['reserve'] {
  const lanes = new Map<EventId, Lane>();

  const flush = (event: EventId, lane: Lane): void => {
    lane.scheduled = false;
    while (lane.queue.length > 0 && lane.inFlight < inFlightMax) {
      void send(event, lane, lane.queue.splice(0, reserveBatchMax));
    }
    if (lane.queue.length === 0 && lane.inFlight === 0) lanes.delete(event);
  };
  const enqueue = (event: EventId, waiting: Waiting): void => {
    let lane = lanes.get(event);
    if (lane === undefined) {
      lane = { queue: [], inFlight: 0, scheduled: false };
      lanes.set(event, lane);
    }
    if (lane.queue.length >= waitingMax) {
      waiting.reject(
        new Fault('inventory_unavailable', `More than ${waitingMax} reserves are waiting for event ${event}`),
      );
      return;
    }
    lane.queue.push(waiting);
    if (!lane.scheduled && lane.inFlight < inFlightMax) {
      lane.scheduled = true;
      setImmediate(flush, event, lane);
    }
  };
  const send = async (event: EventId, lane: Lane, batch: Waiting[]): Promise<void> => {
    lane.inFlight += 1;
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
      // Those behind were not sent. Each would wait for a Redis that does not answer, one batch after the other.
      const unsent = new Fault('inventory_unavailable', 'The batch before this reserve failed', {
        cause: fault,
      });
      for (const waiting of lane.queue.splice(0)) waiting.reject(unsent);
    } finally {
      lane.inFlight -= 1;
      flush(event, lane);
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
