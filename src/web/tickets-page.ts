/** `/tickets`: the tickets of a person, newest first. */
import { showId } from '../domain/ids.ts';
import type { ListedTickets } from '../features/tickets/list.ts';
import type { Assets } from './assets.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { statusText } from './ticket-page.ts';
import { whenText } from './words.ts';

export function ticketsPage(assets: Assets, { tickets, next }: ListedTickets): Response {
  const rows = tickets.map(
    (ticket) => html`<li>
<a href="/tickets/${showId('ticket', ticket.ticket)}">${ticket.eventName}, ${ticket.tierName}</a>
<p>${whenText(ticket.startsAt, ticket.timeZone)}</p>
<p class="state">${statusText(ticket.status)}</p>
</li>
`,
  );
  const list =
    tickets.length > 0 ? html`<ul class="events">${rows}</ul>` : html`<p>You have no tickets yet.</p>`;
  const more = next
    ? html`<p><a href="/tickets?after=${showId('ticket', next)}">Older tickets</a></p>`
    : undefined;
  return page(assets, { title: 'Your tickets', main: html`<h1>Your tickets</h1>${list}${more}` });
}
