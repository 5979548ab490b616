/** The values of the two channels of an event, as JSON, out of a snapshot of its counters and what is known of its tiers. */
import { showId } from '../domain/ids.ts';
import type { CatalogEvent } from '../features/catalog.ts';
import { tiersOf } from '../features/events/availability.ts';
import type { Snapshot } from '../inventory/feed.ts';
import type { ChannelKind } from './protocol.ts';

const bound = (unixMs: number) => (unixMs > 0 ? new Date(unixMs).toISOString() : null);

export function bodiesOf(snapshot: Snapshot, event: CatalogEvent): Record<ChannelKind, string> {
  const tiers = tiersOf(snapshot, event).map((tier) => ({ ...tier, tierId: showId('tier', tier.line) }));
  const { sale, frozen } = snapshot;
  return {
    avail: JSON.stringify({
      tiers: Object.fromEntries(
        tiers.map(({ tierId, available, held, sold, state }) => [tierId, [available, held, sold, state]]),
      ),
    }),
    event: JSON.stringify({
      saleState: sale.state,
      opensAt: bound(sale.opensAt),
      closesAt: bound(sale.closesAt),
      halted: frozen,
      tiers: tiers.map(({ tierId, name, price, capacity }) => ({
        tierId,
        name,
        price: { amount: price, currency: event.currency },
        capacity,
      })),
    }),
  };
}

/** Whether the counters know a tier that `event` does not: then it has to be read again. */
export function hasNewTier(snapshot: Snapshot, event: CatalogEvent): boolean {
  const known = new Set(event.lines.map(({ line }) => line));
  return snapshot.lines.some(({ kind, line }) => kind === 'tier' && !known.has(line));
}
