/**
 * The counters of the events on sale as gauges, from what the integrity check reads every second anyway: nothing is
 * asked for them and the hot path does not know of them. Bounded: the newest `eventsMax` events have series.
 */
import type { Metrics } from './metrics.ts';

export const stockStates = ['available', 'held', 'sold', 'withheld'] as const;

/** One event as it was last read. Ids as the API shows them; `units` by state add up to the tier's capacity. */
export type EventStock = {
  event: string;
  name: string;
  holds: number;
  tiers: { tier: string; name: string; units: Record<(typeof stockStates)[number], number> }[];
};

type StockMetrics = Pick<Metrics, 'inventoryUnits' | 'holdsActive' | 'eventInfo' | 'tierInfo'>;

/**
 * `open`: ids of every event that is on sale or could not be read just now; `seen`: those that were read. An event that
 * could not be read keeps its last figures, so that a graph has no hole in the minute in which it matters most.
 */
export type RecordStock = (open: ReadonlySet<string>, seen: readonly EventStock[]) => void;

export function observeStock(metrics: StockMetrics, eventsMax: number): RecordStock {
  const known = new Map<string, EventStock>();
  return (open, seen) => {
    for (const stock of seen) known.set(stock.event, stock);
    for (const event of known.keys()) if (!open.has(event)) known.delete(event);
    // Ids are UUIDv7: the newest event has the largest one.
    const newest = [...known.keys()].sort().slice(-eventsMax);
    for (const event of known.keys()) if (!newest.includes(event)) known.delete(event);
    for (const gauge of Object.values(gaugesOf(metrics))) gauge.reset();
    for (const stock of known.values()) write(metrics, stock);
  };
}

function gaugesOf({ inventoryUnits, holdsActive, eventInfo, tierInfo }: StockMetrics) {
  return { inventoryUnits, holdsActive, eventInfo, tierInfo };
}

function write(metrics: StockMetrics, { event, name, holds, tiers }: EventStock): void {
  metrics.eventInfo.set({ event, name }, 1);
  metrics.holdsActive.set({ event }, holds);
  for (const { tier, name: tierName, units } of tiers) {
    metrics.tierInfo.set({ event, tier, name: tierName }, 1);
    for (const state of stockStates) metrics.inventoryUnits.set({ event, tier, state }, units[state]);
  }
}
