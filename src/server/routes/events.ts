/** Events and what is left of them: public, cacheable, the same for everybody. */
import { type EventId, readId, showId } from '../../domain/ids.ts';
import { createAvailability } from '../../features/events/availability.ts';
import { createList, listInput } from '../../features/events/list.ts';
import { show } from '../../features/events/show.ts';
import { listEvents, showAvailability, showEvent } from '../api/public.ts';
import { etagOf, isKnown } from '../conditional.ts';
import { type Call, type Edge, ownHeaders, type Route, refuse, route } from '../edge.ts';
import { parseInput, queryOf } from '../input.ts';
import { availabilityJson, eventJson, summaryJson } from '../views.ts';

/** A CDN in front carries the crowd: nobody sees a figure older than about three seconds. */
const sharedCache = 'public, max-age=1, stale-while-revalidate=2';

export function eventRoutes(edge: Edge): Route[] {
  const { clock, limits } = edge.deps;
  const now = () => clock.now();
  const list = createList(now);
  const availability = createAvailability({ freshMs: limits.availabilityFreshMs, now });

  const listHandler = async (call: Call): Promise<Response> => {
    const input = parseInput(listInput, queryOf(call));
    if (input.status !== 'valid') {
      return refuse(call, { ...input, errors: (input.errors ?? []).map(asParameter) });
    }
    const { events, next } = await list(call.ctx, input.value);
    const text = JSON.stringify({
      events: events.map(summaryJson),
      next: next ? showId('event', next) : null,
    });
    const link = next && `</v1/events?limit=${input.value.limit}&after=${showId('event', next)}>; rel="next"`;
    return cacheable(call, text, etagOf(text), link ? { link } : undefined);
  };

  const showHandler = async (call: Call): Promise<Response> => {
    const event = eventOf(call);
    const outcome = event ? await show(call.ctx, event) : ({ status: 'event_unknown' } as const);
    if (outcome.status !== 'found') return refuse(call, outcome);
    const text = JSON.stringify(eventJson(outcome.event));
    return cacheable(call, text, etagOf(text));
  };

  const availabilityHandler = async (call: Call): Promise<Response> => {
    const event = eventOf(call);
    const outcome = event ? await availability(call.ctx, event) : ({ status: 'event_unknown' } as const);
    if (outcome.status !== 'availability') return refuse(call, outcome);
    const text = JSON.stringify(availabilityJson(outcome));
    return cacheable(call, text, `"${outcome.epoch}-${outcome.version}-${etagOf(text).slice(1, 9)}"`);
  };

  return [
    route(listEvents, listHandler),
    route(showEvent, showHandler),
    route(showAvailability, availabilityHandler),
  ];
}

export function eventOf(call: Call): EventId | undefined {
  return readId('event', call.c.req.param('event') ?? '') as EventId | undefined;
}

/** A wrong value of the query, as the parameter it is. */
export function asParameter(error: { detail: string } & object) {
  const pointer = 'pointer' in error && typeof error.pointer === 'string' ? error.pointer : '';
  return { parameter: pointer.slice(1), detail: error.detail };
}

/** 304 when the caller has these very bytes. */
function cacheable(call: Call, text: string, etag: string, more?: Record<string, string>): Response {
  const headers = {
    ...ownHeaders(call),
    etag,
    'cache-control': sharedCache,
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
    ...more,
  };
  if (isKnown(call.incoming.headers['if-none-match'], etag))
    return new Response(null, { status: 304, headers });
  return new Response(text, { status: 200, headers: { 'content-type': 'application/json', ...headers } });
}
