/**
 * Puts a snapshot's counters together with what the catalog knows of the tiers. A tier that was added a moment ago may be in
 * Redis before its row can be read: then the snapshot is held back while the catalog is asked again, a few times; after
 * that it is shown without that tier, and the catalog is left alone for a while.
 */
import { isFault } from '../domain/faults.ts';
import type { Catalog, CatalogEvent } from '../features/catalog.ts';
import type { Snapshot } from '../inventory/feed.ts';
import { hasNewTier } from './values.ts';

export type TierNames = { show(snapshot: Snapshot): void; stop(): void };

const attemptsMax = 4;
const restMs = 5_000;

export function createTierNames(
  first: CatalogEvent,
  options: { catalog: Pick<Catalog, 'event' | 'forget'>; everyMs: number; onError(error: unknown): void },
  shown: (snapshot: Snapshot, entry: CatalogEvent) => void,
): TierNames {
  let entry = first;
  let held: Snapshot | undefined;
  let restUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  let running = true;

  const askAgain = async (): Promise<void> => {
    options.catalog.forget(first.event);
    try {
      entry = (await options.catalog.event(first.event)) ?? entry;
    } catch (error) {
      if (!isFault(error)) options.onError(error);
    }
  };

  const attempt = async (left: number): Promise<void> => {
    await askAgain();
    if (!running || !held) return;
    if (hasNewTier(held, entry) && left > 1) {
      timer = setTimeout(() => void attempt(left - 1), options.everyMs);
      return;
    }
    if (hasNewTier(held, entry)) restUntil = performance.now() + restMs;
    const snapshot = held;
    held = undefined;
    shown(snapshot, entry);
  };

  return {
    show(snapshot) {
      if (held) held = snapshot;
      else if (!hasNewTier(snapshot, entry) || performance.now() < restUntil) shown(snapshot, entry);
      else {
        held = snapshot;
        void attempt(attemptsMax);
      }
    },
    stop() {
      running = false;
      clearTimeout(timer);
    },
  };
}
