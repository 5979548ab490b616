import type { Inventory } from '../inventory.ts';
import { liveHold } from './holds.ts';
import { write } from './journal.ts';
import { remember, replay } from './memory-of-ends.ts';
import { saleRefusal } from './sale.ts';
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
  const closed = saleRefusal(sale, now);
  if (closed !== undefined) return closed;
  if (hold.extensions >= sale.extensionsMax) return { status: 'no_extensions_left' };
  const from = hold.deadline - sale.extensionWindowMs;
  if (now < from) return { status: 'extend_too_early', from };

  hold.deadline += sale.extensionMs;
  hold.extensions += 1;
  const { deadline, extensions } = hold;
  const version = write(state, {
    kind: 'extended',
    at: now,
    op: cmd.op,
    hold: cmd.hold,
    deadline,
    extensions,
  });
  remember(state, cmd.op, now, { status: 'extended', version, hold: cmd.hold, deadline, extensions });
  return { status: 'extended', version, replayed: false, hold: { ...hold }, now };
};
