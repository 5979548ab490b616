/** What a fan may ask for: sessions, events, holds. */
import { listInput } from '../../features/events/list.ts';
import { reserveInput } from '../../features/holds/reserve.ts';
import * as is from './bodies.ts';
import { inputs } from './inputs.ts';
import type { Operation } from './operation.ts';

const cached = ['etag', 'cache-control'] as const;
const notModified = { status: 304, description: 'You have these very bytes.', headers: [...cached] };

export const createSession = {
  method: 'POST',
  path: '/v1/sessions',
  id: 'createSession',
  tag: 'sessions',
  summary: 'Begin or renew a session',
  description: 'With a valid session it is renewed for the same person; without one a new person begins.',
  auth: 'nobody',
  answers: [
    {
      status: 201,
      description: 'The session. A browser on the same site gets it as a cookie too.',
      schema: is.session,
      maybe: ['set-cookie'],
    },
  ],
  refusals: [],
} satisfies Operation;

export const listEvents = {
  method: 'GET',
  path: '/v1/events',
  id: 'listEvents',
  tag: 'events',
  summary: 'List the events that are published, a page at a time',
  auth: 'nobody',
  query: listInput,
  conditional: 'if-none-match',
  answers: [
    {
      status: 200,
      description: 'A page. `Link` with rel="next" leads to the following one, where there is one.',
      schema: is.eventPage,
      headers: [...cached],
      maybe: ['link'],
    },
    { ...notModified, maybe: ['link'] },
  ],
  refusals: ['records_unavailable'],
} satisfies Operation;

export const showEvent = {
  method: 'GET',
  path: '/v1/events/:event',
  id: 'showEvent',
  tag: 'events',
  summary: 'Show an event and its tiers',
  auth: 'nobody',
  conditional: 'if-none-match',
  answers: [{ status: 200, description: 'The event.', schema: is.event, headers: [...cached] }, notModified],
  refusals: [],
} satisfies Operation;

export const showAvailability = {
  method: 'GET',
  path: '/v1/events/:event/availability',
  id: 'showAvailability',
  tag: 'events',
  summary: 'Count what is left, tier by tier',
  description: 'One answer is shared by all who ask at about the same time. Poll it with `If-None-Match`.',
  auth: 'nobody',
  conditional: 'if-none-match',
  answers: [
    { status: 200, description: 'The counts.', schema: is.availability, headers: [...cached] },
    notModified,
  ],
  refusals: ['event_retired'],
} satisfies Operation;

const ended = [
  'hold_already_confirmed',
  'hold_released',
  'hold_expired',
  'hold_unfulfilled',
  'hold_lost',
] as const;

export const reserveHold = {
  method: 'POST',
  path: '/v1/events/:event/holds',
  id: 'reserve',
  tag: 'holds',
  summary: 'Hold a basket of tickets: all of it or nothing',
  description: 'The same key with the same basket is the same hold, however often it is sent.',
  auth: 'session',
  body: inputs.reserve(reserveInput),
  idempotent: 'derived',
  answers: [
    {
      status: 201,
      description: 'The hold. `Idempotency-Replayed: true` where it was made by an earlier request.',
      schema: is.hold,
      headers: ['location'],
      maybe: ['idempotency-replayed'],
    },
  ],
  refusals: [
    'tier_unknown',
    'event_retired',
    'idempotency_key_reused',
    'event_frozen',
    'sale_not_open',
    'sale_paused',
    'sale_ended',
    'purchase_limit',
    'tier_sold_out',
    'tier_all_in_carts',
    'tier_not_enough',
  ],
} satisfies Operation;

export const showHold = {
  method: 'GET',
  path: '/v1/holds/:hold',
  id: 'showHold',
  tag: 'holds',
  summary: 'Show a hold to its buyer, or how it ended',
  auth: 'session',
  answers: [{ status: 200, description: 'The hold, while it lives.', schema: is.hold }],
  refusals: [...ended, 'event_retired'],
} satisfies Operation;

export const releaseHold = {
  method: 'DELETE',
  path: '/v1/holds/:hold',
  id: 'releaseHold',
  tag: 'holds',
  summary: 'Give a hold back',
  auth: 'session',
  answers: [{ status: 204, description: 'It is given back. Again is the same answer.' }],
  refusals: [...ended, 'hold_paying', 'event_frozen', 'event_retired'],
} satisfies Operation;

export const extendHold = {
  method: 'POST',
  path: '/v1/holds/:hold/extend',
  id: 'extendHold',
  tag: 'holds',
  summary: 'Extend a hold that is about to end by one step',
  auth: 'session',
  idempotent: 'derived',
  answers: [
    {
      status: 200,
      description: 'The hold with its new end.',
      schema: is.extendedHold,
      maybe: ['idempotency-replayed'],
    },
  ],
  refusals: [
    ...ended,
    'event_retired',
    'hold_paying',
    'event_frozen',
    'sale_not_open',
    'sale_paused',
    'sale_ended',
    'no_extensions_left',
    'extend_too_early',
  ],
} satisfies Operation;

export const publicOperations: Operation[] = [
  createSession,
  listEvents,
  showEvent,
  showAvailability,
  reserveHold,
  showHold,
  releaseHold,
  extendHold,
];
