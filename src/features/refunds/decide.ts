/**
 * Decides what a refund is of: which tickets, and how much money. A function of the order and its tickets as they are under
 * their locks; it changes nothing.
 */
import type { LineId, TicketId } from '../../domain/ids.ts';
import { sharesOf } from '../../domain/refund-shares.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { OrderItem, OrderRecord, OrderTicket } from '../../persistence/queries/orders.ts';

export type Wanted = {
  /** These and no others. Neither tickets nor items nor an amount: all that are left. */
  tickets?: TicketId[] | undefined;
  /** So many of a tier, the newest first. */
  items?: { tier: LineId; quantity: number }[] | undefined;
  /** Minor units. Without tickets it is a part of the price, and every ticket stays. */
  amount?: number | undefined;
  /** Used tickets too. */
  force: boolean;
  /** Where no ticket is named: pass over those that are being refunded or wait for a bank. */
  liveOnly?: boolean;
};

export type Chosen = OrderTicket & { share: number };
export type Decided = { status: 'decided'; tickets: Chosen[]; amount: number };

/** `promised`: what was refunded, or is being refunded, so far. Minor units. */
export type Books = {
  order: OrderRecord;
  tickets: OrderTicket[];
  promised: number;
  /** The event is closed for good: its tickets stay what they are, whatever is paid back. */
  retired: boolean;
};

/** What was taken. Only a checkout knows it: of other orders it is the total. */
export function paidFor(order: OrderRecord): number {
  return order.captured > 0 || order.origin === 'checkout' ? order.captured : order.total;
}

export function decide(books: Books, wanted: Wanted): Decided | Refusal {
  const { order, promised } = books;
  const refused = ofOrder(order);
  if (refused) return refused;
  const left = paidFor(order) - promised;
  const chosen = choose(withShares(books), wanted);
  if (!Array.isArray(chosen)) return chosen;
  const shares = chosen.reduce((sum, { share }) => sum + share, 0);
  const amount = wanted.amount ?? Math.min(shares, left);
  if (amount > left) {
    return {
      status: 'refund_exceeds_paid',
      detail: `${left} minor units can still be refunded, not ${amount}`,
    };
  }
  const remaining = !books.retired && books.tickets.some(({ status }) => status !== 'void');
  if (chosen.length === 0 && remaining && amount === left) {
    return {
      status: 'order_not_refundable',
      detail: 'A refund of all that was paid takes the tickets with it: name them, or leave the amount out',
    };
  }
  return { status: 'decided', tickets: chosen, amount };
}

function ofOrder({ status, captured, total, origin }: OrderRecord): Refusal | undefined {
  if (status === 'disputed') return { status: 'ticket_suspended' };
  if (status === 'pending') return { status: 'order_not_refundable', detail: 'It is not paid; cancel it' };
  if (status !== 'paid' && status !== 'partially_refunded') {
    return { status: 'order_not_refundable', detail: `It is ${status}` };
  }
  // Its tickets must not go for the nothing that was taken so far.
  if (origin === 'checkout' && total > 0 && captured === 0) {
    return { status: 'order_not_refundable', detail: 'Its payment is being captured; try again in a moment' };
  }
  return undefined;
}

function withShares({ order, tickets }: Books): Chosen[] {
  const shares = sharesOf(paidFor(order), order.items);
  const line = new Map(order.items.map(({ tier }: OrderItem, index) => [tier, shares[index]]));
  return tickets.map((ticket) => ({ ...ticket, share: line.get(ticket.tier)?.[ticket.ordinal - 1] ?? 0 }));
}

function choose(tickets: Chosen[], wanted: Wanted): Chosen[] | Refusal {
  if (wanted.tickets) return chooseNamed(tickets, wanted.tickets, wanted.force);
  if (wanted.items) return chooseCounted(tickets, wanted.items, wanted.force);
  if (wanted.amount !== undefined) return [];
  const left = tickets.filter((each) => {
    return each.status !== 'void' && !(wanted.liveOnly && standing(each, wanted.force));
  });
  if (left.length === 0) return { status: 'order_not_refundable', detail: 'No ticket of it is left' };
  return firstRefusal(left, wanted.force) ?? left;
}

function chooseNamed(tickets: Chosen[], named: TicketId[], force: boolean): Chosen[] | Refusal {
  const byId = new Map(tickets.map((each) => [each.ticket, each]));
  const chosen: Chosen[] = [];
  for (const id of new Set(named)) {
    const ticket = byId.get(id);
    if (!ticket) return { status: 'ticket_unknown', detail: 'One of these is no ticket of this order' };
    chosen.push(ticket);
  }
  return firstRefusal(chosen, force) ?? chosen;
}

function chooseCounted(
  tickets: Chosen[],
  items: { tier: LineId; quantity: number }[],
  force: boolean,
): Chosen[] | Refusal {
  const wanted = new Map<LineId, number>();
  for (const { tier, quantity } of items) wanted.set(tier, (wanted.get(tier) ?? 0) + quantity);
  const chosen: Chosen[] = [];
  for (const [tier, quantity] of wanted) {
    const line = tickets.filter((each) => each.tier === tier);
    if (line.length === 0)
      return { status: 'tier_unknown', detail: 'One of these tiers is not in this order' };
    const free = line
      .filter((each) => standing(each, force) === undefined)
      .sort(
        (a, b) => Number(a.status === 'redeemed') - Number(b.status === 'redeemed') || b.ordinal - a.ordinal,
      );
    if (free.length < quantity) {
      const inTheWay = firstRefusal(
        line.filter(({ status }) => status !== 'void'),
        force,
      );
      return inTheWay ?? { status: 'give_back_exceeds_sold', detail: `${free.length} of this tier are left` };
    }
    chosen.push(...free.slice(0, quantity));
  }
  return chosen;
}

function firstRefusal(tickets: Chosen[], force: boolean): Refusal | undefined {
  for (const ticket of tickets) {
    const refused = standing(ticket, force);
    if (refused) return refused;
  }
  return undefined;
}

/** Why a ticket cannot be refunded as it is; undefined when it can. */
function standing({ status }: Chosen, force: boolean): Refusal | undefined {
  switch (status) {
    case 'void':
      return { status: 'ticket_void' };
    case 'refunding':
      return { status: 'ticket_refunding' };
    case 'suspended':
      return { status: 'ticket_suspended' };
    case 'redeemed':
      return force ? undefined : { status: 'ticket_redeemed' };
    case 'issued':
    case 'transferred':
      return undefined;
  }
}
