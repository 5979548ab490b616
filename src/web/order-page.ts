/** `/orders` and `/orders/{order}`: how an order stands, what it cost, and the way to its tickets or to pay it. */
import { showId } from '../domain/ids.ts';
import type { OrderStatus } from '../domain/order.ts';
import type { OrderPage, ShownOrder } from '../features/orders/show.ts';
import type { Assets } from './assets.ts';
import { type Html, html } from './html.ts';
import { page } from './layout.ts';
import { sentence } from './pay-page.ts';
import { moneyText } from './words.ts';

const words: Record<OrderStatus, string> = {
  pending: 'Not paid yet',
  paid: 'Paid: you have tickets',
  expired: 'Over: it was not paid in time',
  cancelled: 'Cancelled: nothing was sold',
  refunded_unfulfilled:
    'Your payment came after the tickets were gone. You have the money back, or it is on its way',
  partially_refunded: 'Refunded in part',
  refunded: 'Refunded',
  disputed: 'The payment is disputed, and its tickets wait for the answer',
};

/** `go`: on to the provider at once. `said`: how the last try ended. */
export function orderPage(
  assets: Assets,
  { order, tickets }: ShownOrder,
  { go, said }: { go: boolean; said: string | undefined },
): Response {
  const sum = (amount: number) => moneyText(amount, order.currency);
  const path = `/orders/${showId('order', order.order)}`;
  const url = order.status === 'pending' ? order.paymentUrl : null;
  const lines = order.items.map(
    (item) => html`<li>${item.quantity} × ${item.title}</li>
`,
  );
  const links = tickets.map(({ ticket, status }, index) => {
    const name = `Ticket ${index + 1}`;
    return html`<li><a href="/tickets/${showId('ticket', ticket)}">${name}</a>${status === 'issued' ? '' : ` (${status})`}</li>
`;
  });
  const main = html`<h1>Your order</h1>
${sentence(said)}
<p class="state">${words[order.status]}.</p>
<ul>${lines}</ul>
<p><strong>Total: ${sum(order.total)}</strong></p>
${links.length > 0 ? html`<h2>Your tickets</h2><ul>${links}</ul>` : undefined}
${order.status === 'pending' ? pending(path, url) : undefined}
<p><a href="/orders">All your orders</a></p>`;
  const head = go && url !== null ? html`<meta http-equiv="refresh" content="0;url=${url}">` : undefined;
  return page(assets, { title: words[order.status], main, form: true, ...(head ? { head } : {}) });
}

function pending(path: string, url: string | null): Html {
  const pay = url === null ? undefined : html`<p><a href="${url}">Pay now</a></p>`;
  return html`${pay}<p><a href="${path}">Look again</a> once you have paid.</p>
<form method="post" action="${path}/cancel"><p><button>Cancel and give the tickets back</button></p></form>`;
}

export function ordersPage(assets: Assets, { orders, next }: OrderPage): Response {
  const rows = orders.map(
    ({
      order,
    }) => html`<li><a href="/orders/${showId('order', order.order)}">${order.items[0]?.title ?? 'Order'}</a>
<p class="state">${words[order.status]}, ${moneyText(order.total, order.currency)}</p></li>
`,
  );
  const list = rows.length > 0 ? html`<ul class="events">${rows}</ul>` : html`<p>You have no orders yet.</p>`;
  const more = next
    ? html`<p><a href="/orders?after=${showId('order', next)}">Older orders</a></p>`
    : undefined;
  return page(assets, { title: 'Your orders', main: html`<h1>Your orders</h1>${list}${more}` });
}
