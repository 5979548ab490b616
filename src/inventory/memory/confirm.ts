/**
 * An order is decided once: `sold` or `unfulfilled`, whatever is asked later. An end that the hold already had stays what
 * it was; only a hold nobody remembers is filed under what became of it here.
 */
import type { Item } from '../../domain/facts.ts';
import type { OpId } from '../../domain/ids.ts';
import type { HoldView, Inventory } from '../inventory.ts';
import { write } from './journal.ts';
import { type EndedHold, endOf, remember, rememberHold, replay } from './memory-of-ends.ts';
import { type EventState, tierOf } from './state.ts';
import { countUnits, covers, fingerprint, free, merged, move } from './stock.ts';
import type { Verb } from './verb.ts';

type Confirm = Verb<Inventory['confirm']>;
type Command = Parameters<Confirm>[1];

export const confirm: Confirm = (state, cmd, now) => {
  const before = replay(state, cmd.order, now, 'sold', 'unfulfilled');
  if (before !== undefined) return before;
  const hold = state.holds.get(cmd.hold);
  if (hold !== undefined) {
    if (hold.buyer !== cmd.buyer) return { status: 'hold_unknown' };
    if (hold.order !== null && hold.order !== cmd.order) return { status: 'hold_pinned_elsewhere' };
    if (fingerprint(hold.items) !== fingerprint(cmd.items)) return { status: 'hold_basket_differs' };
    return sell(state, cmd, hold, now);
  }
  if (endOf(state, cmd.hold, now)?.how === 'confirmed') return { status: 'hold_already_confirmed' };

  const items = merged(cmd.items);
  if (!items.every(({ tier }) => tierOf(state, tier))) return { status: 'tier_unknown' };
  return covers(state, items, free)
    ? acquireAgain(state, cmd, items, now)
    : unfulfilled(state, cmd, items, now);
};

function sell(state: EventState, cmd: Command, hold: HoldView, now: number) {
  const touched = move(state, hold.items, { held: -1, sold: 1 });
  state.holds.delete(hold.hold);
  const version = write(state, { kind: 'sold', ...content(cmd, hold.items, now), late: false }, touched);
  rememberEnd(state, cmd, hold.items, now, 'confirmed', version);
  return remember(state, cmd.order, now, { status: 'sold', version, late: false });
}

function acquireAgain(state: EventState, cmd: Command, items: Item[], now: number) {
  const touched = move(state, items, { sold: 1 });
  countUnits(state, cmd.buyer, items, 1);
  const version = write(state, { kind: 'sold', ...content(cmd, items, now), late: true }, touched);
  rememberEnd(state, cmd, items, now, 'confirmed', version);
  return remember(state, cmd.order, now, { status: 'sold', version, late: true });
}

function unfulfilled(state: EventState, cmd: Command, items: Item[], now: number) {
  const version = write(state, { kind: 'unfulfilled', ...content(cmd, items, now) });
  rememberEnd(state, cmd, items, now, 'unfulfilled', version);
  return remember(state, cmd.order, now, { status: 'unfulfilled', version });
}

function content({ hold, buyer, order }: Command, items: Item[], now: number) {
  // The order is the operation: one id, two meanings.
  return { at: now, op: order as string as OpId, hold, buyer, items, order };
}

function rememberEnd(
  state: EventState,
  { hold, order }: Command,
  items: Item[],
  now: number,
  how: EndedHold['how'],
  version: number,
): void {
  if (endOf(state, hold, now) !== undefined) return;
  rememberHold(state, hold, now, { how, version, fingerprint: fingerprint(items), order });
}
