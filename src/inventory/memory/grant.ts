import type { Inventory } from '../inventory.ts';
import { basketRefusal, unknownTiers } from './conflicts.ts';
import { signed } from './journal.ts';
import { heldBefore, take } from './reserve.ts';
import { merged } from './stock.ts';
import type { Verb } from './verb.ts';

export const grant: Verb<Inventory['grant']> = (state, cmd, now) => {
  const basket = merged(cmd.items);
  const before = heldBefore(state, cmd, basket, now);
  if (before !== undefined) return before;
  if (state.frozen) return { status: 'event_frozen' };
  const unknown = unknownTiers(state, basket);
  if (unknown.length > 0) return { status: 'tier_unknown', conflicts: unknown };
  const refusal = basketRefusal(state, undefined, basket);
  const { actor, reason } = cmd;
  return refusal ?? take(state, cmd, basket, now, signed({ actor, ...(reason !== undefined && { reason }) }));
};
