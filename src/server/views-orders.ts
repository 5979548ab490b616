/** Orders and prices in JSON: money as minor units with its currency, in lines and in all. */
import { showId } from '../domain/ids.ts';
import type { ShownFees } from '../features/fees/rule.ts';
import type { FoundOrder } from '../features/orders/search.ts';
import type { ShownOrder } from '../features/orders/show.ts';
import type { OrderItem, OrderRecord } from '../persistence/queries/orders.ts';
import type { PriceStep } from '../persistence/queries/price-steps.ts';
import type { PromoRecord } from '../persistence/queries/promo-codes.ts';
import { time } from './views.ts';

const timeOrNull = (unixMs: number | null) => (unixMs === null ? null : time(unixMs));

function lineJson(item: OrderItem, money: (amount: number) => object) {
  const { tier, title, quantity, unitPrice, discount, fees } = item;
  return {
    tierId: showId('tier', tier),
    title,
    quantity,
    unitPrice: money(unitPrice),
    discount: money(discount),
    fees: money(fees),
    total: money(quantity * unitPrice - discount + fees),
  };
}

export function orderJson({ order, tickets }: Pick<ShownOrder, 'order' | 'tickets'>) {
  const money = (amount: number) => ({ amount, currency: order.currency });
  return {
    id: showId('order', order.order),
    eventId: showId('event', order.event),
    holdId: order.hold && showId('hold', order.hold),
    status: order.status,
    mode: order.mode,
    lines: order.items.map((item) => lineJson(item, money)),
    price: {
      subtotal: money(order.subtotal),
      discount: money(order.discount),
      fees: money(order.fees),
      total: money(order.total),
    },
    expiresAt: timeOrNull(order.expiresAt),
    checkoutUrl: order.status === 'pending' ? order.paymentUrl : null,
    tickets: tickets.map(({ ticket, tier, ordinal, status }) => ({
      id: showId('ticket', ticket),
      tierId: showId('tier', tier),
      ordinal,
      status,
    })),
    createdAt: time(order.createdAt),
    paidAt: timeOrNull(order.paidAt),
  };
}

/** What an organizer sees beside it. */
export function orderRecordJson(found: FoundOrder) {
  const { order, contact } = found;
  return {
    ...orderJson(found),
    buyer: contact ? { email: contact.email, name: contact.name, locale: contact.locale } : null,
    attempt: order.attempt,
    late: order.late,
    captured: { amount: order.captured, currency: order.currency },
    payment: order.ref,
    comp: compOf(order),
    version: order.version,
  };
}

function compOf({ compActor, compReason }: OrderRecord) {
  return compReason === null ? null : { actor: compActor ?? '', reason: compReason };
}

export function feesJson({ currency, latest, inForce }: ShownFees) {
  const rule = ({ version, basisPoints, fixed, bearer, validFrom }: ShownFees['latest']) => ({
    version,
    basisPoints,
    fixed: { amount: fixed, currency },
    bearer,
    from: validFrom === 0 ? null : time(validFrom),
  });
  return { version: latest.version, latest: rule(latest), inForce: rule(inForce) };
}

export function promoJson(promo: PromoRecord) {
  const { id, tiers, startsAt, endsAt, code, kind, value, usesMax, perBuyerMax, active, version } = promo;
  return {
    id: showId('promo', id),
    code,
    kind,
    value,
    tierIds: tiers?.map((tier) => showId('tier', tier)) ?? null,
    startsAt: timeOrNull(startsAt),
    endsAt: timeOrNull(endsAt),
    usesMax,
    perBuyerMax,
    active,
    version,
  };
}

export function priceStepJson(step: PriceStep, currency: string) {
  const { id, tier, position, price, startsAt, afterQuantity, outcome, version } = step;
  return {
    id: showId('step', id),
    tierId: showId('tier', tier),
    position,
    price: { amount: price, currency },
    startsAt: timeOrNull(startsAt),
    afterQuantity,
    outcome,
    version,
  };
}
