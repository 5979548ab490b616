/** The pages people see. The server mounts them as routes and knows nothing of what is in them. */
import { isFault } from '../domain/faults.ts';
import { type EventId, readId } from '../domain/ids.ts';
import type { Ctx } from '../features/context.ts';
import { createAvailability } from '../features/events/availability.ts';
import { createList } from '../features/events/list.ts';
import type { Outbox } from '../platform/mail/outbox.ts';
import { readAssets } from './assets.ts';
import { eventPage } from './event-page.ts';
import { eventsPage } from './events-page.ts';
import { notFound, over, unavailable } from './layout.ts';
import { outboxMailHtml, outboxMailPage, outboxPage } from './outbox-page.ts';
import { signInLinkPage, signInPage } from './sign-in-page.ts';

/** What a page is asked with: the named parts of its path, and the query. */
export type Ask = { ctx: Ctx; param(name: string): string; query(name: string): string | undefined };
export type PageRoute = {
  path: string;
  /** Shown only to who sits at this machine, or has an administrator's key. */
  local?: true;
  handle(ask: Ask): Response | Promise<Response>;
};

const listed = 50;

export function createPages(options: {
  availabilityFreshMs: number;
  now: () => number;
  /** Mails that are kept on this machine; undefined where they really go out. */
  outbox?: Outbox | undefined;
}): PageRoute[] {
  const { now, outbox } = options;
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

  return [
    page('/', async ({ ctx, query }) => {
      const after = readId('event', query('after') ?? '') as EventId | undefined;
      return eventsPage(assets, await list(ctx, { limit: listed, ...(after && { after }) }));
    }),
    page('/e/:event', async ({ ctx, param }) => {
      const id = readId('event', param('event')) as EventId | undefined;
      const found = id ? await availability(ctx, id) : undefined;
      if (found?.status === 'availability') return eventPage(assets, found, now());
      if (id && found?.status === 'event_retired')
        return over(assets, (await ctx.catalog.event(id))?.name ?? 'Over');
      return found === undefined || found.status === 'event_unknown' ? noEvent() : unavailable(assets);
    }),
    { path: '/sign-in', handle: ({ query }) => signInPage(assets, query('said')) },
    { path: '/sign-in/:token', handle: ({ param }) => signInLinkPage(assets, param('token')) },
    { path: '/outbox', local: true, handle: () => outboxPage(assets, outbox) },
    {
      path: '/outbox/:mail',
      local: true,
      handle: ({ param }) => outboxMailPage(assets, outbox, param('mail')),
    },
    {
      path: '/outbox/:mail/html',
      local: true,
      handle: ({ param }) => outboxMailHtml(assets, outbox, param('mail')),
    },
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
