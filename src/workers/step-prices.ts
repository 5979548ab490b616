/** Carries out the price steps that are due. */
import type { Ctx } from '../features/context.ts';
import { carryOutSteps } from '../features/price-steps/carry-out.ts';
import type { Duty } from './run-worker.ts';

/** How late a price may change. */
const idleMs = 1_000;

export function stepPrices({ db, inventory, clock, log }: Ctx): Duty {
  return {
    name: 'step-prices',
    idleMs,
    async tick() {
      const done = await carryOutSteps({
        db,
        inventory,
        now: clock.now,
        failed: ({ id }, err) => log.warn({ err, step: id }, 'a price step could not be carried out'),
      });
      return { done, more: false };
    },
  };
}
