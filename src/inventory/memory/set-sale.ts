import type { Inventory } from '../inventory.ts';
import { signed, write } from './journal.ts';
import { remember } from './memory-of-ends.ts';
import { lineOf, tierOf } from './state.ts';
import type { Verb } from './verb.ts';

export const setSale: Verb<Inventory['setSale']> = (state, cmd, now) => {
  const limits = cmd.limits ?? [];
  if (!limits.every(({ tier }) => tierOf(state, tier))) return { status: 'tier_unknown' };

  const { opensAt, closesAt } = { ...state.sale, ...cmd.sale };
  if (opensAt !== 0 && closesAt !== 0 && closesAt <= opensAt) return { status: 'input_invalid' };

  state.sale = { ...state.sale, ...cmd.sale };
  for (const { tier, buyerLimit } of limits) lineOf(state, tier).buyerLimit = buyerLimit;
  const { sale } = state;
  const version = write(state, { kind: 'sale_set', at: now, ...signed(cmd), sale, limits });
  return remember(state, cmd.op, now, { status: 'sale_set', version, sale });
};
