/**
 * Looks at the provider that people ask for, however often they ask: of an order one begins each second, and everybody who asks
 * meanwhile shares the next. So an answer always rests on a look that began after it was asked for. A server counts its own:
 * what holds servers together is in settling, which may be asked for by many at once.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { OrderId } from '../../domain/ids.ts';
import type { Database } from '../../persistence/database.ts';
import { type BoundedCache, boundedCache } from '../../platform/bounded-cache.ts';

/** Between the beginnings of two looks at one order, ms. */
const everyMs = 1_000;
/** Orders that are remembered; one that is forgotten is looked at at once. */
const ordersMax = 10_000;

type Pace = { beganAt: number; next: Promise<void> | undefined };

const pacesOf = new WeakMap<Database, BoundedCache<OrderId, Pace>>();

export async function paced(db: Database, order: OrderId, run: () => Promise<unknown>): Promise<void> {
  const paces = pacesOf.get(db) ?? boundedCache<OrderId, Pace>(ordersMax);
  pacesOf.set(db, paces);
  const pace = paces.get(order) ?? { beganAt: Number.NEGATIVE_INFINITY, next: undefined };
  paces.set(order, pace);
  const waitMs = pace.beganAt + everyMs - performance.now();
  if (waitMs <= 0 && pace.next === undefined) return look(pace, run);
  pace.next ??= pause(waitMs).then(() => {
    // From here on it is too old for whoever asks.
    pace.next = undefined;
    return look(pace, run);
  });
  await pace.next;
}

async function look(pace: Pace, run: () => Promise<unknown>): Promise<void> {
  pace.beganAt = performance.now();
  await run();
}
