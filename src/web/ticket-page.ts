/** `/tickets/{id}`: a ticket to show at the door. A code that rotates comes with a page that loads itself anew in time. */
import { showId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusals.ts';
import { type Code, qrSvg } from '../features/tickets/code.ts';
import type { TicketRecord } from '../features/tickets/kept.ts';
import type { ShownTicket } from '../features/tickets/show.ts';
import type { Assets } from './assets.ts';
import { Html, html } from './html.ts';
import { page } from './layout.ts';
import { whenText, zoneText } from './words.ts';

const statusTexts: Record<TicketRecord['status'], string> = {
  issued: 'Valid',
  transferred: 'Valid',
  redeemed: 'Used',
  refunding: 'Being refunded: it opens no door',
  void: 'Void: it opens no door',
  suspended: 'Suspended while its payment is disputed: it opens no door',
};

export const statusText = (status: TicketRecord['status']) => statusTexts[status];

/** Twice in each window of 30 seconds, so that what is on the screen is never an old window's for long. */
const refreshSeconds = 15;

export function ticketPage(assets: Assets, { ticket, asOf }: ShownTicket, code: Code | Refusal): Response {
  const { eventName, tierName, startsAt, timeZone, venue, status, redeemedAt } = ticket;
  const shown = code.status === 'code' ? code : undefined;
  const head = shown?.changesAt ? html`<meta http-equiv="refresh" content="${refreshSeconds}">` : undefined;
  const used = redeemedAt === null ? undefined : html`<p>Used ${whenText(redeemedAt, timeZone)}.</p>`;
  const main = html`<article data-ticket="${showId('ticket', ticket.ticket)}" data-status="${status}">
<h1>${eventName}</h1>
<p><time datetime="${new Date(startsAt).toISOString()}">${whenText(startsAt, timeZone)}</time>,
${zoneText(startsAt, timeZone)}${venue === '' ? '' : `, ${venue}`}</p>
<p>${tierName}</p>
<p class="state">${statusText(status)}</p>
${used}
${shown && codeHtml(shown)}
<p>${showId('ticket', ticket.ticket)}, as of ${new Date(asOf).toISOString().slice(0, 19)}Z</p>
<p><a href="/tickets">All your tickets</a></p>
</article>`;
  return page(assets, { title: `${tierName} - ${eventName}`, main, ...(head && { head }) });
}

/** The image is made of the code's letters only: nothing a person typed is in it. */
function codeHtml({ text, changesAt }: Code) {
  const grouped = text.match(/.{1,8}/g)?.join(' ') ?? '';
  const kind = changesAt
    ? html`<p>The code changes every 30 seconds: a picture of it opens no door.</p>`
    : undefined;
  return html`<div class="qr" role="img" aria-label="QR code of this ticket">${new Html(qrSvg(text))}</div>
${kind}
<details><summary>The code as text</summary><p><code>${grouped}</code></p></details>`;
}
