/**
 * `/e/{id}`: one event and what is left of it, readable as it comes. With script the counts go on, and tickets can be held; the
 * script finds everything it changes by `data-` attributes.
 */
import { writeEvent } from '../domain/event-markup/write.ts';
import { showId } from '../domain/ids.ts';
import type { CatalogEvent } from '../features/catalog.ts';
import { tools } from '../features/event-imports/plain-text.ts';
import type { Availability, TierAvailability } from '../features/events/availability.ts';
import type { Assets } from './assets.ts';
import { html, jsonLd } from './html.ts';
import { page } from './layout.ts';
import { sentence } from './pay-page.ts';
import { closedText, moneyText, stateText, titleText, whenText, zoneText } from './words.ts';

/** `said`: how the last try of the form ended. */
export function eventPage(assets: Assets, found: Availability, now: number, said?: string): Response {
  const { event, sale, tiers } = found;
  const closed = closedText({ ...sale, halted: found.frozen }, now);
  const left = tiers.reduce((units, tier) => units + tier.available, 0);
  const head = html`<script type="module" src="${assets.at('main.js')}"></script>
${jsonLd(markup(event, tiers))}`;
  const main = html`<article data-event="${showId('event', event.event)}" data-epoch="${found.epoch}" data-version="${found.version}"
 data-name="${event.name}" data-state="${sale.state}" data-halted="${found.frozen ? '1' : ''}" data-opens="${sale.opensAt}" data-closes="${sale.closesAt}"
 data-window="${sale.extensionWindowMs}" data-now="${now}">
<h1>${event.name}</h1>
${sentence(said)}
<p><time datetime="${new Date(event.startsAt).toISOString()}">${whenText(event.startsAt, event.timeZone)}</time>,
${zoneText(event.startsAt, event.timeZone)}${event.venue === '' ? '' : `, ${event.venue}`}</p>
${opening(sale.opensAt, event, now)}
<p class="state" data-sale>${closed ?? 'On sale'}</p>
<section aria-labelledby="tickets">
<h2 id="tickets">Tickets</h2>
<ul class="tiers">${tiers.map((tier) => tierItem(tier, event))}</ul>
<p class="live"><span data-feed>As of ${new Date(now).toISOString().slice(11, 19)} UTC. <a href="">Load again</a></span>
<button type="button" data-pause hidden>Pause live updates</button></p>
<noscript><p>Counts stand still without JavaScript.</p>${closed === undefined ? plainForm(found) : ''}</noscript>
<p role="status" class="quiet" data-status></p>
</section>
<section aria-labelledby="basket" data-basket hidden>
<h2 id="basket" tabindex="-1">Your tickets</h2>
<p data-items></p>
<p>Held for you for <strong role="timer" data-countdown></strong></p>
<p><a href="" data-pay>Pay</a></p>
<p><button type="button" data-extend>Extend</button> <button type="button" data-release>Give back</button></p>
</section>
<p role="alert" data-alert></p>
</article>`;
  return page(assets, {
    title: titleText(event.name, closed, left),
    head,
    main,
    shared: said === undefined,
    form: true,
  });
}

/** For who has no script: all tiers in one form. */
function plainForm({ event, tiers }: Availability) {
  const fields = tiers.map(
    (
      tier,
    ) => html`<p><label>${tier.name} <input type="number" name="${showId('tier', tier.line)}" value="0" min="0" max="100" inputmode="numeric"></label></p>
`,
  );
  return html`<form method="post" action="/e/${showId('event', event.event)}/hold">${fields}<p><button>Hold these tickets</button></p></form>`;
}

function opening(opensAt: number, event: CatalogEvent, now: number) {
  if (opensAt <= now) return undefined;
  return html`<p>The sale opens ${whenText(opensAt, event.timeZone)}.</p>`;
}

function tierItem(tier: TierAvailability, event: CatalogEvent) {
  const id = showId('tier', tier.line);
  const sum = moneyText(tier.price, event.currency);
  return html`<li data-tier="${id}" data-left="${tier.available}" data-name="${tier.name}">
<h3>${tier.name} <span class="price">${sum}</span></h3>
<p class="counts"><strong data-available>${tier.available}</strong> available,
<span data-held>${tier.held}</span> in baskets, <span data-sold>${tier.sold}</span> sold, of <span data-capacity>${tier.capacity}</span></p>
<p class="state" data-tier-state>${stateText(tier.state)}</p>
<form data-hold hidden><label>Tickets <input type="number" name="quantity" value="1" min="1" max="100" inputmode="numeric" required></label>
<button>Hold<span class="quiet"> ${tier.name}</span></button></form>
</li>
`;
}

/** What is left is what there is to be had, for whoever reads the page as data. */
function markup(event: CatalogEvent, tiers: TierAvailability[]) {
  const { name, venue, startsAt, timeZone, currency, sale } = event;
  const { opensAt, closesAt } = sale;
  const written = writeEvent(
    {
      ref: `urn:holdfast:${showId('event', event.event)}`,
      name,
      venue,
      startsAt,
      timeZone,
      currency,
      opensAt,
      closesAt,
      pools: [],
      tiers: tiers.map((tier) => ({
        name: tier.name,
        description: '',
        price: tier.price,
        capacity: tier.available,
        buyerLimit: 0,
      })),
    },
    tools,
  );
  return { '@context': 'https://schema.org', ...written };
}
