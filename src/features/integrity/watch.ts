/** The integrity check again and again, into the metrics: ghosts, drift, and what is left of the events on sale. */
import { showId } from '../../domain/ids.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { observeStock } from '../../platform/observe-stock.ts';
import type { Ctx } from '../context.ts';
import { measure } from './measure.ts';
import { stockOf } from './stock.ts';

/** One round, to be repeated. `eventsMax`: how many events have series of their own. */
export function createIntegrityWatch(metrics: Metrics, eventsMax: number): (ctx: Ctx) => Promise<void> {
  const recordStock = observeStock(metrics, eventsMax);
  return async (ctx) => {
    const found = await measure(ctx);
    const stock = found.seen.flatMap((seen) => stockOf(ctx, seen) ?? []);
    const unseen = found.unseen.map((event) => showId('event', event));
    recordStock(new Set([...unseen, ...stock.map(({ event }) => event)]), stock);
    metrics.ghosts.set(found.ghostUnits);
    metrics.drift.set(found.driftUnits);
    if (found.failed === 0) metrics.integrityLast.set(ctx.clock.now() / 1_000);
  };
}
