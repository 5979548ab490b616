/** What stands in the way of a basket: one conflict a tier, the buyer's limits before the stock. */
import type { BuyerId, LineId } from '../../domain/ids.ts';
import type { Conflict, Refusal } from '../../domain/refusals.ts';
import type { Basket, LineView } from '../inventory.ts';
import { type EventState, lineOf, poolOf, tierOf } from './state.ts';
import { demand, free, unitsOf } from './stock.ts';

/** Tiers the event does not have; a pool is not for sale and counts as one of them. */
export function unknownTiers(state: EventState, basket: Basket): Conflict[] {
  return basket
    .filter(({ tier }) => tierOf(state, tier) === undefined)
    .map(({ tier, quantity }) => ({ tier, requested: quantity, available: 0, reason: 'tier_unknown' }));
}

const precedence = ['purchase_limit', 'tier_sold_out', 'tier_all_in_carts', 'tier_not_enough'] as const;

/**
 * The refusal of a basket of known tiers (merged, sorted), or undefined when the buyer can have it. Without a buyer no limit
 * is asked.
 */
export function basketRefusal(
  state: EventState,
  buyer: BuyerId | undefined,
  basket: Basket,
): Refusal | undefined {
  const wanted = demand(state, basket);
  const conflicts = basket.flatMap(({ tier, quantity }): Conflict[] => {
    const line = lineOf(state, tier);
    const limited = buyer === undefined ? undefined : limitConflict(state, buyer, basket, line, quantity);
    const conflict = limited ?? stockConflict(state, line, quantity, wanted);
    return conflict === undefined ? [] : [{ tier, requested: quantity, ...conflict }];
  });
  const status = precedence.find((reason) => conflicts.some((conflict) => conflict.reason === reason));
  return status === undefined ? undefined : { status, conflicts };
}

type Found = Pick<Conflict, 'available' | 'reason'> | undefined;

/** The event's limit stands in the way of every tier of the basket, a tier's limit of its own; the smaller rest counts. */
function limitConflict(
  state: EventState,
  buyer: BuyerId,
  basket: Basket,
  tier: LineView,
  quantity: number,
): Found {
  const inAll = basket.reduce((sum, each) => sum + each.quantity, 0);
  const checks = [
    { limit: state.sale.buyerLimit, has: unitsOf(state, buyer), wants: inAll },
    { limit: tier.buyerLimit, has: unitsOf(state, buyer, tier.line), wants: quantity },
  ];
  const rests = checks
    .filter(({ limit, has, wants }) => limit !== 0 && has + wants > limit)
    .map(({ limit, has }) => Math.max(0, limit - has));
  return rests.length === 0 ? undefined : { available: Math.min(...rests), reason: 'purchase_limit' };
}

/** The tier's own units, its pool's units, then the pool's units against the sum the whole basket asks of it. */
function stockConflict(
  state: EventState,
  tier: LineView,
  quantity: number,
  wanted: Map<LineId, number>,
): Found {
  const pool = poolOf(state, tier);
  const limiting = pool !== undefined && free(pool) < free(tier) ? pool : tier;
  const available = Math.max(0, free(limiting));
  const poolIsShort = pool !== undefined && (wanted.get(pool.line) ?? 0) > free(pool);
  if (available >= quantity && !poolIsShort) return undefined;
  if (available > 0) return { available, reason: 'tier_not_enough' };
  return { available: 0, reason: limiting.held > 0 ? 'tier_all_in_carts' : 'tier_sold_out' };
}
