import type { Inventory } from '../inventory.ts';
import { giveUp } from './ends.ts';
import { liveHold } from './holds.ts';
import { signed } from './journal.ts';
import { endOf } from './memory-of-ends.ts';
import type { Verb } from './verb.ts';

export const release: Verb<Inventory['release']> = (state, cmd, now) => {
  const found = liveHold(state, cmd.hold, cmd.buyer, now);
  if ('refusal' in found) {
    const end = endOf(state, cmd.hold, now);
    const isReplay = found.refusal.status === 'hold_released' && end !== undefined;
    return isReplay ? { status: 'released', version: end.version, replayed: true } : found.refusal;
  }
  const { hold } = found;
  if (hold.state === 'paying') {
    if (cmd.buyer !== undefined) return { status: 'hold_paying' };
    if (hold.order !== cmd.order) return { status: 'hold_pinned_elsewhere' };
  }
  const version = giveUp(state, hold, now, 'released', signed(cmd));
  return { status: 'released', version, replayed: false };
};
