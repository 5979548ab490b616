import type { OpId } from '../../domain/ids.ts';
import { type HoldView, type Inventory, outageCoverMs, outageMaxMs } from '../inventory.ts';
import { liveHold } from './holds.ts';
import { write } from './journal.ts';
import { remember, replay } from './memory-of-ends.ts';
import { saleRefusal } from './sale.ts';
import type { EventState } from './state.ts';
import type { Verb } from './verb.ts';

export const extend: Verb<Inventory['extend']> = (state, cmd, now) => {
  const before = replay(state, cmd.op, now, 'extended');
  if (before?.status === 'idempotency_key_reused') return before;
  if (before?.status === 'extended' && before.hold !== cmd.hold) return { status: 'idempotency_key_reused' };

  const found = liveHold(state, cmd.hold, cmd.buyer, now);
  if ('refusal' in found) return found.refusal;
  const { hold } = found;
  if (before?.status === 'extended') {
    const { status, version, replayed, deadline, extensions } = before;
    return {
      status,
      version,
      replayed,
      hold: { ...hold, state: 'active', order: null, deadline, extensions },
      now,
    };
  }
  if (hold.state === 'paying') return { status: 'hold_paying' };
  if (state.frozen) return { status: 'event_frozen' };
  const { sale } = state;
  if (cmd.outage) {
    if (hold.deadline - now >= outageCoverMs / 2) {
      return { status: 'extended', version: state.version, replayed: true, hold: { ...hold }, now };
    }
    const last = hold.heldAt + hold.ttlMs + hold.extensions * sale.extensionMs + outageMaxMs;
    const deadline = Math.min(now + outageCoverMs, last);
    if (deadline <= hold.deadline) return { status: 'no_extensions_left' };
    return extended(state, cmd, now, { hold, deadline, extensions: hold.extensions, reason: 'outage' });
  }
  const closed = saleRefusal(sale, now);
  if (closed !== undefined) return closed;
  if (hold.extensions >= sale.extensionsMax) return { status: 'no_extensions_left' };
  const from = hold.deadline - sale.extensionWindowMs;
  if (now < from) return { status: 'extend_too_early', from };

  const deadline = hold.deadline + sale.extensionMs;
  return extended(state, cmd, now, { hold, deadline, extensions: hold.extensions + 1 });
};

type Move = { hold: HoldView; deadline: number; extensions: number; reason?: string };

function extended(state: EventState, { op }: { op: OpId }, now: number, move: Move) {
  const { hold, deadline, extensions, reason } = move;
  hold.deadline = deadline;
  hold.extensions = extensions;
  const cause = reason === undefined ? { op } : { op, reason };
  const version = write(state, {
    kind: 'extended',
    at: now,
    ...cause,
    hold: hold.hold,
    deadline,
    extensions,
  });
  remember(state, op, now, { status: 'extended', version, hold: hold.hold, deadline, extensions });
  return { status: 'extended' as const, version, replayed: false, hold: { ...hold }, now };
}
