/** `/pay/{hold}`: what is in the basket, what it costs all in, until when it is held, and a form. Whole without script. */
import { showId } from '../domain/ids.ts';
import { type RefusalCode, refusals } from '../domain/refusals.ts';
import type { Basket } from '../features/orders/basket.ts';
import { titleOf } from '../features/orders/price.ts';
import type { Assets } from './assets.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { moneyText, whenText } from './words.ts';

/** `said`: how the last try ended, of the catalogue; anything else is not shown. */
export function payPage(
  assets: Assets,
  basket: Basket,
  { said, promoCode }: { said: string | undefined; promoCode: string | undefined },
): Response {
  const { event, hold, quote, now } = basket;
  const sum = (amount: number) => moneyText(amount, quote.currency);
  const path = `/pay/${showId('hold', hold.hold)}`;
  const lines = quote.lines.map(
    (
      line,
    ) => html`<li>${line.quantity} × ${titleOf(event, line.tier)} <span class="price">${sum(line.unitPrice)}</span></li>
`,
  );
  const row = (name: string, amount: number) =>
    amount === 0 ? undefined : html`<p>${name}: ${sum(amount)}</p>`;
  const minutes = Math.max(0, Math.ceil((hold.deadline - now) / 60_000));
  const main = html`<h1>Your tickets</h1>
${sentence(said ?? basket.refusal)}
<ul>${lines}</ul>
${row('Tickets', quote.subtotal)}${row('Discount', -quote.discount)}${row('Fees', quote.fees)}
<p><strong>Total: ${sum(quote.total)}</strong></p>
<p>Held for you until <time datetime="${new Date(hold.deadline).toISOString()}">${whenText(hold.deadline, event.timeZone)}</time>,
${minutes} ${minutes === 1 ? 'minute' : 'minutes'} from when this page was loaded.</p>
<form method="post" action="${path}">
<input type="hidden" name="total" value="${quote.total}">
<p><label>E-mail, where your tickets go <input type="email" name="email" autocomplete="email" maxlength="254" required></label></p>
<p><label>Promo code <input name="promo" value="${promoCode ?? ''}" maxlength="64" autocomplete="off"></label>
<button name="do" value="apply" formnovalidate>Apply the code</button></p>
<p><button name="do" value="pay">${quote.total === 0 ? 'Get the tickets' : `Pay ${sum(quote.total)}`}</button></p>
</form>
<form method="post" action="${path}/release"><p><button>Give the tickets back</button></p></form>`;
  return page(assets, { title: `Pay - ${event.name}`, main, form: true });
}

export function sentence(code: string | undefined) {
  if (code === undefined || !Object.hasOwn(refusals, code)) return undefined;
  return html`<p role="alert"><strong>${refusals[code as RefusalCode].title}.</strong></p>`;
}

/** A basket that is not there any more, or never was this person's. */
export function noBasket(assets: Assets, code: RefusalCode): Response {
  const main = html`<h1>No tickets here</h1>${sentence(code)}<p><a href="/orders">Your orders</a></p><p><a href="/">All events</a></p>`;
  return page(assets, { title: 'No tickets here', main, status: refusals[code].status === 410 ? 410 : 404 });
}
