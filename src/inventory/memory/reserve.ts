import type { HoldView, Inventory } from '../inventory.ts';
import { basketRefusal, unknownTiers } from './conflicts.ts';
import { write } from './journal.ts';
import { endOf, endRefusal } from './memory-of-ends.ts';
import { saleRefusal } from './sale.ts';
import { lineOf } from './state.ts';
import { countUnits, fingerprint, merged, move } from './stock.ts';
import type { Verb } from './verb.ts';

export const reserve: Verb<Inventory['reserve']> = (state, cmd, now) => {
  const { hold: id, buyer } = cmd;
  const basket = merged(cmd.items);

  const known = state.holds.get(id);
  if (known !== undefined) {
    const isSame = known.buyer === buyer && fingerprint(known.items) === fingerprint(basket);
    if (!isSame) return { status: 'idempotency_key_reused' };
    return { status: 'held', version: state.version, replayed: true, hold: asFirstMade(known), now };
  }
  const end = endOf(state, id, now);
  if (end !== undefined) {
    return end.fingerprint === fingerprint(basket) ? endRefusal(end) : { status: 'idempotency_key_reused' };
  }

  if (state.frozen) return { status: 'event_frozen' };
  const closed = saleRefusal(state.sale, now);
  if (closed !== undefined) return closed;
  const unknown = unknownTiers(state, basket);
  if (unknown.length > 0) return { status: 'tier_unknown', conflicts: unknown };
  const refusal = basketRefusal(state, buyer, basket);
  if (refusal !== undefined) return refusal;

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
    { kind: 'held', at: now, hold: id, buyer, items, deadline: hold.deadline, ttlMs },
    touched,
  );
  return { status: 'held', version, replayed: false, hold: { ...hold }, now };
};

/** A retry gets the first answer, whatever was done with the hold since. */
function asFirstMade(hold: HoldView): HoldView {
  return { ...hold, state: 'active', deadline: hold.heldAt + hold.ttlMs, extensions: 0, order: null };
}
