/** The pages people see. The server mounts them as routes and knows nothing of what is in them. */
import { isFault } from '../domain/faults.ts';
import { type EventId, type HoldId, type OrderId, readId, showId, type UserId } from '../domain/ids.ts';
import type { RefusalCode } from '../domain/refusals.ts';
import type { Ctx } from '../features/context.ts';
import { createAvailability } from '../features/events/availability.ts';
import { createList } from '../features/events/list.ts';
import { showBasket } from '../features/orders/basket.ts';
import { finishOrder } from '../features/orders/finish.ts';
import { listOrders, showOrder } from '../features/orders/show.ts';
import { readAssets } from './assets.ts';
import { eventPage } from './event-page.ts';
import { eventsPage } from './events-page.ts';
import { nobody, notFound, over, unavailable } from './layout.ts';
import { orderPage, ordersPage } from './order-page.ts';
import { noBasket, payPage } from './pay-page.ts';

/** What a page is asked with: the named parts of its path, the query, and who asks where it matters. */
export type Ask = {
  ctx: Ctx;
  param(name: string): string;
  query(name: string): string | undefined;
  person(): Promise<{ status: 'person'; user: UserId } | { status: RefusalCode }>;
};
export type PageRoute = { path: string; handle(ask: Ask): Response | Promise<Response> };

const listed = 50;
const promoLengthMax = 64;

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
}

/** The order after a look at its payment, or as the records have it while the provider cannot be asked. */
async function finished(ctx: Ctx, user: UserId, order: OrderId): ReturnType<typeof finishOrder> {
  try {
    return await finishOrder(ctx, user, order);
  } catch (error) {
    if (!isFault(error)) throw error;
    return showOrder(ctx, user, order);
  }
}

export function createPages(options: { availabilityFreshMs: number; now: () => number }): PageRoute[] {
  const { now } = options;
  const assets = readAssets();
  const list = createList(now);
  const availability = createAvailability({ freshMs: options.availabilityFreshMs, now });
  const noEvent = () => notFound(assets, 'There is no such event, or it is not on sale yet.');

  /** A person gets a page also when Redis or Postgres cannot be reached. */
  const page = (path: string, show: (ask: Ask) => Promise<Response>): PageRoute => ({
    path,
    handle: (ask) =>
      show(ask).catch((error: unknown) => {
        if (!isFault(error)) throw error;
        ask.ctx.log.warn({ err: error, path, traceId: ask.ctx.requestId }, 'a page could not be shown');
        return unavailable(assets);
      }),
  });

  /** A page for whose it is. */
  const ownPage = (path: string, show: (ask: Ask, user: UserId) => Promise<Response>): PageRoute =>
    page(path, async (ask) => {
      const person = await ask.person();
      if (person.status === 'person') return show(ask, person.user);
      return nobody(assets, person.status === 'rate_limited');
    });

  return [
    ownPage('/pay/:hold', async ({ ctx, param, query }, user) => {
      const hold = readId('hold', param('hold')) as HoldId | undefined;
      const promoCode = query('promo')?.slice(0, promoLengthMax) || undefined;
      const basket = hold ? await showBasket(ctx, user, hold, promoCode) : undefined;
      if (basket === undefined) return noBasket(assets, 'hold_unknown');
      if (basket.status === 'ordered') return seeOther(`/orders/${showId('order', basket.order)}`);
      if (basket.status !== 'basket') return noBasket(assets, basket.status);
      return payPage(assets, basket, { said: query('said'), promoCode });
    }),
    ownPage('/orders', async ({ ctx, query }, user) => {
      const after = readId('order', query('after') ?? '') as OrderId | undefined;
      return ordersPage(assets, await listOrders(ctx, user, { limit: listed, after }));
    }),
    ownPage('/orders/:order', async ({ ctx, param, query }, user) => {
      const id = readId('order', param('order')) as OrderId | undefined;
      const go = query('go') === 'pay';
      // Who comes back from the provider is told by a look at the payment; who is on the way there has not paid.
      const look = (order: OrderId) => (go ? showOrder(ctx, user, order) : finished(ctx, user, order));
      const found = id ? await look(id) : undefined;
      if (found?.status !== 'found') return notFound(assets, 'There is no such order of yours.');
      return orderPage(assets, found, { go, said: query('said') });
    }),
    page('/', async ({ ctx, query }) => {
      const after = readId('event', query('after') ?? '') as EventId | undefined;
      return eventsPage(assets, await list(ctx, { limit: listed, ...(after && { after }) }));
    }),
    page('/e/:event', async ({ ctx, param, query }) => {
      const id = readId('event', param('event')) as EventId | undefined;
      const found = id ? await availability(ctx, id) : undefined;
      if (found?.status === 'availability') return eventPage(assets, found, now(), query('said'));
      if (id && found?.status === 'event_retired')
        return over(assets, (await ctx.catalog.event(id))?.name ?? 'Over');
      return found === undefined || found.status === 'event_unknown' ? noEvent() : unavailable(assets);
    }),
    {
      path: '/assets/:build/:file',
      handle({ param }) {
        const asset = assets.find(param('build'), param('file'));
        if (!asset) return notFound(assets, 'There is no such file.');
        return new Response(new Uint8Array(asset.bytes), {
          headers: {
            'content-type': asset.type,
            'cache-control': 'public, max-age=31536000, immutable',
            'x-content-type-options': 'nosniff',
          },
        });
      },
    },
  ];
}
