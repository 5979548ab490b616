import { type Inventory, reclaimMax } from '../inventory.ts';
import { dueHolds, reclaimDue } from './ends.ts';
import type { Verb } from './verb.ts';

export const reclaim: Verb<Inventory['reclaim']> = (state, _cmd, now) => {
  const expired = reclaimDue(state, now, reclaimMax);
  return { status: 'reclaimed', expired, more: dueHolds(state, now).length > 0 };
};
