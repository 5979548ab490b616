/** Tidies up after checkouts that died halfway. */
import type { Ctx } from '../features/context.ts';
import { tidyOrders } from '../features/orders/tidy.ts';
import type { Duty } from './run-worker.ts';

/** They wait half a minute anyway, to be told from those that are on their way. */
const idleMs = 5_000;

export function tidyOrdersDuty(ctx: Ctx): Duty {
  return {
    name: 'tidy-orders',
    idleMs,
    async tick() {
      return { done: await tidyOrders(ctx), more: false };
    },
  };
}
