/** The counters of one audited event in the words of the metrics: ids as the API shows them, units by state. */
import { showId } from '../../domain/ids.ts';
import type { EventStock } from '../../platform/observe-stock.ts';
import type { Ctx } from '../context.ts';
import type { Seen } from './measure.ts';

/** Undefined for an event that is not for sale, or whose names are not known yet: nothing is waited for. */
export function stockOf(ctx: Ctx, { event, audit }: Seen): EventStock | undefined {
  if (audit.sale.state !== 'on_sale' && audit.sale.state !== 'paused') return undefined;
  const entry = ctx.catalog.event(event);
  if (entry === undefined) return undefined;
  if (entry instanceof Promise) {
    // The next round finds it read; a read that fails is tried again by then.
    entry.catch(() => undefined);
    return undefined;
  }
  const names = new Map(entry.lines.map(({ line, name }) => [line, name]));
  return {
    event: showId('event', event),
    name: entry.name,
    holds: audit.liveHolds,
    tiers: audit.lines
      .filter(({ kind }) => kind === 'tier')
      .map(({ line, capacity, held, sold, withheld }) => ({
        tier: showId('tier', line),
        name: names.get(line) ?? '',
        units: { available: capacity - held - sold - withheld, held, sold, withheld },
      })),
  };
}
