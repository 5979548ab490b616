/** `/`: what is on sale. */
import { showId } from '../domain/ids.ts';
import type { Page } from '../features/events/list.ts';
import type { Assets } from './assets.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { whenText, zoneText } from './words.ts';

const states: Record<string, string> = {
  on_sale: 'On sale',
  paused: 'Sale paused',
  ended: 'Sale ended',
  draft: 'Not on sale yet',
};

export function eventsPage(assets: Assets, { events, next }: Page): Response {
  const rows = events.map(
    (event) => html`<li>
<a href="/e/${showId('event', event.event)}">${event.name}</a>
<p>${whenText(event.startsAt, event.timeZone)}, ${zoneText(event.startsAt, event.timeZone)}${event.venue === '' ? '' : `, ${event.venue}`}</p>
<p class="state">${states[event.saleState] ?? ''}</p>
</li>
`,
  );
  const list = events.length > 0 ? html`<ul class="events">${rows}</ul>` : html`<p>Nothing is on sale.</p>`;
  const more = next ? html`<p><a href="/?after=${showId('event', next)}">More events</a></p>` : undefined;
  return page(assets, { title: 'Events', main: html`<h1>Events</h1>${list}${more}`, shared: true });
}
