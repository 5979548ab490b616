/**
 * Availability: what is left of each tier, for everybody who looks. One snapshot is shared by all who ask within a moment, so a crowd
 * that polls costs Redis a few reads a second.
 */
import type { EventId, LineId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { LineView, Snapshot } from '../../inventory/inventory.ts';
import { type SharedRead, sharedRead } from '../../platform/shared-read.ts';
import type { CatalogEvent } from '../catalog.ts';
import type { Ctx } from '../context.ts';

export type TierAvailability = {
  line: LineId;
  name: string;
  price: number;
  /** What can be had now: of the tier, and of the pool it draws on. */
  available: number;
  held: number;
  sold: number;
  capacity: number;
  /** `all_in_carts`: nothing is free, and something may become so when holds end. */
  state: 'available' | 'all_in_carts' | 'sold_out';
};

export type Availability = {
  status: 'availability';
  event: CatalogEvent;
  epoch: number;
  version: number;
  sale: Snapshot['sale'];
  frozen: boolean;
  tiers: TierAvailability[];
};

export type ShowAvailability = (ctx: Ctx, event: EventId) => Promise<Availability | Refusal>;

export function createAvailability(options: { freshMs: number; now: () => number }): ShowAvailability {
  const snapshots: SharedRead<Availability | Refusal> = sharedRead({ ...options, entriesMax: 10_000 });
  return async (ctx, id) => {
    const event = await ctx.catalog.event(id);
    if (event?.authority !== 'redis') return { status: 'event_unknown' };
    if (event.retired) return { status: 'event_retired' };
    return snapshots(id, async () => {
      const outcome = await ctx.inventory.snapshot({ event: id });
      if (outcome.status !== 'snapshot') return outcome;
      const { epoch, version, sale, frozen } = outcome;
      return { status: 'availability', event, epoch, version, sale, frozen, tiers: tiersOf(outcome, event) };
    });
  };
}

/** In the organizer's order. */
export function tiersOf(snapshot: Snapshot, event: CatalogEvent): TierAvailability[] {
  const views = new Map(snapshot.lines.map((line) => [line.line, line]));
  const known = event.lines.flatMap((line) => {
    const view = line.kind === 'tier' ? views.get(line.line) : undefined;
    return view ? [tierOf(view, view.pool ? views.get(view.pool) : undefined, line.name)] : [];
  });
  return known;
}

const free = (line: LineView) => line.capacity - line.held - line.sold - line.withheld - line.spokenFor;

function tierOf(tier: LineView, pool: LineView | undefined, name: string): TierAvailability {
  const available = Math.max(0, Math.min(free(tier), pool ? free(pool) : Number.POSITIVE_INFINITY));
  // What other tiers of the pool hold may come back to this one too.
  const held = pool && free(pool) <= 0 ? pool.held : tier.held;
  const { line, price, sold, capacity } = tier;
  const state = available > 0 ? 'available' : held > 0 ? 'all_in_carts' : 'sold_out';
  return { line, name, price, available, held: tier.held, sold, capacity, state };
}
