import type { Refusal } from '../../domain/refusals.ts';
import type { Basket, Held, HoldView, Inventory, ReserveCommand } from '../inventory.ts';
import { basketRefusal, unknownTiers } from './conflicts.ts';
import { type signed, write } from './journal.ts';
import { endOf, endRefusal } from './memory-of-ends.ts';
import { saleRefusal } from './sale.ts';
import { type EventState, lineOf } from './state.ts';
import { countUnits, fingerprint, merged, move } from './stock.ts';
import type { Verb } from './verb.ts';

export const reserve: Verb<Inventory['reserve']> = (state, cmd, now) => {
  const basket = merged(cmd.items);
  const before = heldBefore(state, cmd, basket, now);
  if (before !== undefined) return before;

  if (state.frozen) return { status: 'event_frozen' };
  const closed = saleRefusal(state.sale, now);
  if (closed !== undefined) return closed;
  const unknown = unknownTiers(state, basket);
  if (unknown.length > 0) return { status: 'tier_unknown', conflicts: unknown };
  return basketRefusal(state, cmd.buyer, basket) ?? take(state, cmd, basket, now);
};

/** What is said of a hold that is there, or was. */
export function heldBefore(
  state: EventState,
  { hold: id, buyer }: ReserveCommand,
  basket: Basket,
  now: number,
): Held | Refusal | undefined {
  const known = state.holds.get(id);
  if (known !== undefined) {
    const isSame = known.buyer === buyer && fingerprint(known.items) === fingerprint(basket);
    if (!isSame) return { status: 'idempotency_key_reused' };
    return { status: 'held', version: state.version, replayed: true, hold: asFirstMade(known), now };
  }
  const end = endOf(state, id, now);
  if (end === undefined) return undefined;
  return end.fingerprint === fingerprint(basket) ? endRefusal(end) : { status: 'idempotency_key_reused' };
}

/** Makes the hold of a basket (merged, sorted) that nothing stands in the way of. */
export function take(
  state: EventState,
  { hold: id, buyer }: ReserveCommand,
  basket: Basket,
  now: number,
  cause: ReturnType<typeof signed> = {},
): Held {
  const items = basket.map(({ tier, quantity }) => ({ tier, quantity, price: lineOf(state, tier).price }));
  const ttlMs = state.sale.holdTtlMs;
  const hold: HoldView = {
    hold: id,
    state: 'active',
    buyer,
    items,
    deadline: now + ttlMs,
    heldAt: now,
    ttlMs,
    extensions: 0,
    order: null,
  };
  const touched = move(state, items, { held: 1 });
  countUnits(state, buyer, items, 1);
  state.holds.set(id, hold);
  const version = write(
    state,
    { kind: 'held', at: now, ...cause, hold: id, buyer, items, deadline: hold.deadline, ttlMs },
    touched,
  );
  return { status: 'held', version, replayed: false, hold: { ...hold }, now };
}

/** A retry gets the first answer, whatever was done with the hold since. */
function asFirstMade(hold: HoldView): HoldView {
  return { ...hold, state: 'active', deadline: hold.heldAt + hold.ttlMs, extensions: 0, order: null };
}
