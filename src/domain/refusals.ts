import type { Money } from './money.ts';

/**
 * Every way a command can be refused, in order of precedence: when several apply, the first one listed is the answer.
 * The code is one string everywhere: what the Lua script returns, the tag of the TypeScript union, the problem type in
 * HTTP, the metric label and the heading in docs/problems.md.
 *
 * A refusal is a normal answer and changed nothing. `retryable` says whether the very same request can succeed later.
 */
type Entry = { status: number; title: string; retryable: boolean };

export const refusals = {
  // The address.
  request_malformed: { status: 400, title: 'The request is not valid HTTP', retryable: false },
  route_unknown: { status: 404, title: 'There is nothing at this address', retryable: false },
  method_not_allowed: { status: 405, title: 'This address does not take this method', retryable: false },
  websocket_required: {
    status: 426,
    title: 'Connect by WebSocket, with a subprotocol that is supported',
    retryable: false,
  },
  origin_not_allowed: { status: 403, title: 'Pages of this site may not connect here', retryable: false },
  // Who asks.
  session_required: { status: 401, title: 'This request needs a session', retryable: false },
  admin_key_required: { status: 401, title: 'This request needs an administrator key', retryable: false },
  scope_missing: { status: 403, title: 'This key may not do this', retryable: false },
  // The request itself.
  idempotency_key_missing: {
    status: 400,
    title: 'This request needs an Idempotency-Key header',
    retryable: false,
  },
  precondition_required: {
    status: 428,
    title: 'This request needs an If-Match header',
    retryable: false,
  },
  media_type_unsupported: { status: 415, title: 'Send the body as application/json', retryable: false },
  body_too_large: { status: 413, title: 'The body is larger than 64 KB', retryable: false },
  body_not_json: { status: 400, title: 'The body is not valid JSON', retryable: false },
  body_key_repeated: { status: 400, title: 'A key stands twice in the body', retryable: false },
  input_invalid: { status: 422, title: 'The request has invalid values', retryable: false },
  webhook_signature_invalid: {
    status: 400,
    title: 'The signature of this webhook is not ours or too old',
    retryable: false,
  },
  // What it asks about.
  event_unknown: { status: 404, title: 'There is no such event', retryable: false },
  tier_unknown: { status: 404, title: 'There is no such tier in this event', retryable: false },
  hold_unknown: { status: 404, title: 'There is no such hold', retryable: false },
  order_unknown: { status: 404, title: 'There is no such order', retryable: false },
  ticket_unknown: { status: 404, title: 'There is no such ticket', retryable: false },
  refund_unknown: { status: 404, title: 'There is no such refund', retryable: false },
  reconciliation_unknown: { status: 404, title: 'There is no such reconciliation', retryable: false },
  sign_in_link_unknown: {
    status: 410,
    title: 'This sign-in link is unknown, used or too old',
    retryable: false,
  },
  promo_code_unknown: { status: 404, title: 'This event has no such promo code', retryable: false },
  price_step_unknown: { status: 404, title: 'This event has no such price step', retryable: false },
  event_exists: { status: 409, title: 'This event is open already', retryable: false },
  promo_code_exists: { status: 409, title: 'This event has this promo code already', retryable: false },
  price_step_exists: {
    status: 409,
    title: 'This tier has a price step at this position already',
    retryable: false,
  },
  price_step_done: { status: 409, title: 'This price step was carried out', retryable: false },
  event_retired: { status: 410, title: 'This event is closed for good', retryable: false },
  // Repetition.
  idempotency_key_reused: {
    status: 422,
    title: 'This Idempotency-Key was used for another request',
    retryable: false,
  },
  idempotency_key_running: {
    status: 409,
    title: 'The first request with this key is still running',
    retryable: true,
  },
  // The life of a hold.
  hold_already_confirmed: {
    status: 409,
    title: 'This hold was already turned into tickets',
    retryable: false,
  },
  hold_released: { status: 410, title: 'This hold was released', retryable: false },
  hold_expired: { status: 410, title: 'This hold has expired', retryable: false },
  hold_unfulfilled: {
    status: 410,
    title: 'This hold could not be fulfilled and is being refunded',
    retryable: false,
  },
  hold_lost: {
    status: 410,
    title: 'This hold was lost in a fault; reserve the same basket again',
    retryable: false,
  },
  hold_paying: { status: 409, title: 'This hold is being paid', retryable: true },
  hold_pinned_elsewhere: { status: 409, title: 'This hold is being paid by another order', retryable: false },
  hold_basket_differs: { status: 409, title: 'This hold has another basket than the order', retryable: true },
  // The sale.
  event_frozen: { status: 503, title: 'This event is halted while its records are checked', retryable: true },
  sale_not_open: { status: 403, title: 'The sale has not opened yet', retryable: true },
  sale_paused: { status: 403, title: 'The sale is paused', retryable: true },
  sale_ended: { status: 403, title: 'The sale has ended', retryable: false },
  // Extending.
  no_extensions_left: { status: 409, title: 'This hold cannot be extended any more', retryable: false },
  extend_too_early: {
    status: 409,
    title: 'This hold can be extended only shortly before it ends',
    retryable: true,
  },
  // Paying.
  price_changed: { status: 409, title: 'The total is not the one you expected', retryable: false },
  total_below_minimum: {
    status: 409,
    title: 'The total is less than the payment provider takes',
    retryable: false,
  },
  promo_unknown: { status: 422, title: 'There is no such promo code for this basket', retryable: false },
  promo_ended: { status: 409, title: 'This promo code is not valid any more', retryable: false },
  promo_used_up: { status: 409, title: 'This promo code was used as often as it may be', retryable: false },
  payment_failed: { status: 402, title: 'The payment did not succeed', retryable: true },
  order_not_pending: { status: 409, title: 'This order is settled', retryable: false },
  // After the sale.
  order_not_refundable: { status: 409, title: 'This order cannot be refunded', retryable: false },
  refund_exceeds_paid: { status: 409, title: 'More would be refunded than was paid', retryable: false },
  ticket_redeemed: { status: 409, title: 'This ticket was used', retryable: false },
  ticket_refunding: { status: 409, title: 'This ticket is being refunded', retryable: true },
  ticket_void: { status: 409, title: 'This ticket is void', retryable: false },
  ticket_suspended: {
    status: 409,
    title: 'This ticket is suspended while its payment is disputed',
    retryable: true,
  },
  reconciliation_running: { status: 409, title: 'A reconciliation is running already', retryable: true },
  // Stock, per buyer and in all.
  purchase_limit: { status: 409, title: 'This is more than one buyer may have', retryable: false },
  tier_sold_out: { status: 409, title: 'Sold out', retryable: false },
  tier_all_in_carts: { status: 409, title: 'All remaining tickets are in other baskets', retryable: true },
  tier_not_enough: { status: 409, title: 'Fewer tickets are left than asked for', retryable: true },
  // Stock, by the organizer.
  capacity_below_committed: {
    status: 409,
    title: 'The capacity would fall below what is held, sold and withheld',
    retryable: true,
  },
  withhold_exceeds_available: {
    status: 409,
    title: 'Fewer tickets are available than are to be withheld',
    retryable: true,
  },
  unwithhold_exceeds_withheld: {
    status: 409,
    title: 'Fewer tickets are withheld than are to be put on sale',
    retryable: false,
  },
  give_back_exceeds_sold: { status: 409, title: 'More would be given back than was sold', retryable: false },
  event_has_incident: {
    status: 409,
    title: 'Something about this event has to be decided by a person first',
    retryable: true,
  },
  event_has_holds: { status: 409, title: 'The event still has holds', retryable: true },
  tiers_full: { status: 409, title: 'This event has as many tiers as an event may have', retryable: false },
  // Limits and faults, as the edge answers them.
  version_conflict: { status: 412, title: 'Somebody changed this in the meantime', retryable: false },
  realtime_full: { status: 503, title: 'This server takes no more live connections', retryable: true },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true },
  checkout_busy: { status: 503, title: 'Too many people are checking out at this moment', retryable: true },
  records_behind: { status: 503, title: 'The records have not caught up yet', retryable: true },
  payments_unavailable: { status: 503, title: 'Payments are not available right now', retryable: true },
  inventory_unavailable: { status: 503, title: 'The inventory is not available right now', retryable: true },
  outcome_unknown: {
    status: 503,
    title: 'The answer was lost; send the same request again',
    retryable: true,
  },
  records_unavailable: { status: 503, title: 'The records are not available right now', retryable: true },
  internal_fault: { status: 500, title: 'Something went wrong on our side', retryable: true },
} as const satisfies Record<string, Entry>;

export type RefusalCode = keyof typeof refusals;

export const refusalCodes = Object.keys(refusals) as RefusalCode[];

/** One line of a cart that cannot be had. `available` is what this buyer could have had instead. */
export type Conflict = {
  tier: string;
  requested: number;
  available: number;
  reason: 'purchase_limit' | 'tier_sold_out' | 'tier_all_in_carts' | 'tier_not_enough' | 'tier_unknown';
};

export type Refusal<Code extends RefusalCode = RefusalCode> = {
  status: Code;
  /** Set when a cart was refused: every line that stood in the way, not only the first. */
  conflicts?: Conflict[];
  /** Set by `capacity_below_committed` and `total_below_minimum`: the least that would be accepted. */
  minimum?: number;
  /** Set by `extend_too_early` and `sale_not_open`: Unix ms from which it would be accepted. */
  from?: number;
  /** Set by `price_changed` and `total_below_minimum`: what it costs. */
  total?: Money;
  /** Set by `websocket_required`: the subprotocols that are spoken here. */
  supported?: string[];
  /** A sentence for the person who reads the answer, where the title is not enough. */
  detail?: string;
};

export function isRefusal(outcome: { status: string }): outcome is Refusal {
  return Object.hasOwn(refusals, outcome.status);
}
