/** What a fan may ask for. Each call is one operation of the OpenAPI document, and its types are made of it. */
import type { Shared } from '../options.ts';
import { type BuyingCalls, createBuyingCalls } from './buying.ts';
import { type CallOptions, call } from './request.ts';
import type { Result, Schemas } from './result.ts';
import {
  at,
  json,
  newKey,
  paged,
  type WithKey,
  type WriteOptions,
  type Written,
  written,
} from './writing.ts';

export type Counted =
  | { changed: true; etag: string | undefined; availability: Schemas['Availability'] }
  /** You have the latest. */
  | { changed: false; etag: string };

export type Calls = BuyingCalls & {
  sessions: {
    /** Begins a session, or renews the client's; the client goes on with it. */
    create(options?: CallOptions): Promise<Result<'createSession', Schemas['Session']>>;
  };
  events: {
    list(
      page?: { limit?: number; after?: string },
      options?: CallOptions,
    ): Promise<Result<'listEvents', Schemas['EventPage']>>;
    show(eventId: string, options?: CallOptions): Promise<Result<'showEvent', Schemas['Event']>>;
    /** `etag`: of what you have. */
    availability(
      eventId: string,
      options?: CallOptions & { etag?: string | undefined },
    ): Promise<Result<'showAvailability', Counted>>;
  };
  holds: {
    reserve(
      eventId: string,
      items: Schemas['Reserve']['items'],
      options?: WriteOptions,
    ): Promise<Result<'reserve', Written<Schemas['Hold']>> & WithKey>;
    show(holdId: string, options?: CallOptions): Promise<Result<'showHold', Schemas['Hold']>>;
    extend(
      holdId: string,
      options?: WriteOptions,
    ): Promise<Result<'extendHold', Written<Schemas['ExtendedHold']>> & WithKey>;
    /** Gives it back. Again is the same answer. */
    release(holdId: string, options?: CallOptions): Promise<Result<'releaseHold', undefined>>;
  };
};

export function createCalls(shared: Shared): Calls {
  return {
    sessions: {
      async create(options = {}) {
        const ask = { method: 'POST', path: '/v1/sessions' } as const;
        const result = await call<'createSession', Schemas['Session']>(shared, ask, options, json());
        if (result.ok) shared.token = result.value.token;
        return result;
      },
    },
    events: {
      list: (page = {}, options = {}) =>
        call(shared, { method: 'GET', path: paged('/v1/events', page) }, options, json()),
      show: (eventId, options = {}) =>
        call(shared, { method: 'GET', path: at`/v1/events/${eventId}` }, options, json()),
      availability: (eventId, { etag, ...options } = {}) =>
        call(
          shared,
          {
            method: 'GET',
            path: at`/v1/events/${eventId}/availability`,
            ...(etag === undefined ? {} : { headers: { 'if-none-match': etag } }),
          },
          options,
          ({ status, headers, text }): Counted =>
            status === 304 && etag !== undefined
              ? { changed: false, etag }
              : {
                  changed: true,
                  etag: headers.get('etag') ?? undefined,
                  availability: JSON.parse(text) as Schemas['Availability'],
                },
        ),
    },
    holds: createHoldCalls(shared),
    ...createBuyingCalls(shared),
  };
}

function createHoldCalls(shared: Shared): Calls['holds'] {
  return {
    async reserve(eventId, items, { idempotencyKey = newKey(), ...options } = {}) {
      const path = at`/v1/events/${eventId}/holds`;
      const headers = { 'idempotency-key': idempotencyKey };
      const ask = { method: 'POST', path, headers, body: { items } } as const;
      const result = await call<'reserve', Written<Schemas['Hold']>>(shared, ask, options, written());
      return { ...result, idempotencyKey };
    },
    show: (holdId, options = {}) =>
      call(shared, { method: 'GET', path: at`/v1/holds/${holdId}` }, options, json()),
    async extend(holdId, { idempotencyKey = newKey(), ...options } = {}) {
      const headers = { 'idempotency-key': idempotencyKey };
      const ask = { method: 'POST', path: at`/v1/holds/${holdId}/extend`, headers } as const;
      const result = await call<'extendHold', Written<Schemas['ExtendedHold']>>(
        shared,
        ask,
        options,
        written(),
      );
      return { ...result, idempotencyKey };
    },
    release: (holdId, options = {}) =>
      call(shared, { method: 'DELETE', path: at`/v1/holds/${holdId}` }, options, () => undefined),
  };
}
