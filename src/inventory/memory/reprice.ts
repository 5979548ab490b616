import type { Inventory } from '../inventory.ts';
import { signed, write } from './journal.ts';
import { remember } from './memory-of-ends.ts';
import { tierOf } from './state.ts';
import type { Verb } from './verb.ts';

export const reprice: Verb<Inventory['reprice']> = (state, cmd, now) => {
  const tier = tierOf(state, cmd.tier);
  if (tier === undefined) return { status: 'tier_unknown' };

  tier.price = cmd.price;
  tier.priceVersion += 1;
  const { price, priceVersion } = tier;
  const version = write(state, {
    kind: 'repriced',
    at: now,
    ...signed(cmd),
    tier: cmd.tier,
    price,
    priceVersion,
  });
  return remember(state, cmd.op, now, { status: 'repriced', version, priceVersion });
};
