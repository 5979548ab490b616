/**
 * How holds and operations ended, so that a command sent again is told the same. Time is cut into periods of two hours;
 * an end is remembered to the end of the period after its own: two hours at least, four at most.
 */
import type { Sale } from '../../domain/facts.ts';
import type { HoldId, OpId, OrderId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { endedKeptMs } from '../inventory.ts';
import type { EventState } from './state.ts';

export type Remembered<What> = { period: number; what: What };

export type EndedHold = {
  how: 'confirmed' | 'released' | 'expired' | 'unfulfilled';
  version: number;
  /** The basket, `tier:quantity,...`: tells a retry from another request under the same key. */
  fingerprint: string;
  order: OrderId | null;
};

/** What the answer of a remembered operation is made of. */
export type OperationRecord =
  | { status: 'extended'; version: number; hold: HoldId; deadline: number; extensions: number }
  | { status: 'sold'; version: number; late: boolean }
  | { status: 'resized'; version: number; capacity: number; target: number | null }
  | { status: 'repriced'; version: number; priceVersion: number }
  | { status: 'sale_set'; version: number; sale: Sale }
  | {
      status: 'unfulfilled' | 'opened' | 'returned' | 'withheld' | 'frozen' | 'thawed' | 'retired';
      version: number;
    };

type RecordOf<Status> = OperationRecord & { status: Status };

const periodOf = (now: number) => Math.floor(now / endedKeptMs);

function recall<What>(found: Remembered<What> | undefined, now: number): What | undefined {
  return found !== undefined && periodOf(now) - found.period <= 1 ? found.what : undefined;
}

export function rememberHold(state: EventState, hold: HoldId, now: number, what: EndedHold): void {
  state.ended.set(hold, { period: periodOf(now), what });
}

export function endOf(state: EventState, hold: HoldId, now: number): EndedHold | undefined {
  return recall(state.ended.get(hold), now);
}

/** Files the operation and makes its first answer of the same record a replay is made of. */
export function remember<Rec extends OperationRecord>(
  state: EventState,
  op: OpId | OrderId,
  now: number,
  record: Rec,
): Rec & { replayed: false } {
  state.operations.set(op, { period: periodOf(now), what: record });
  return { ...record, replayed: false };
}

/** The first answer of an operation seen before; an id that named another kind of command is refused. */
export function replay<Status extends OperationRecord['status']>(
  state: EventState,
  op: OpId | OrderId,
  now: number,
  ...statuses: Status[]
): (RecordOf<Status> & { replayed: true }) | Refusal | undefined {
  const record = recall(state.operations.get(op), now);
  if (record === undefined) return undefined;
  const isOne = (one: OperationRecord): one is RecordOf<Status> =>
    (statuses as OperationRecord['status'][]).includes(one.status);
  return isOne(record) ? { ...record, replayed: true } : { status: 'idempotency_key_reused' };
}

const endRefusals = {
  confirmed: 'hold_already_confirmed',
  released: 'hold_released',
  expired: 'hold_expired',
  unfulfilled: 'hold_unfulfilled',
} as const satisfies Record<EndedHold['how'], Refusal['status']>;

/** Says how the hold ended, or that nobody remembers one. */
export function endRefusal(end: EndedHold | undefined): Refusal {
  return { status: end === undefined ? 'hold_unknown' : endRefusals[end.how] };
}
