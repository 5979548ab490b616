/** A row of the table of bad input, and the shapes that rows share. */
import { randomUUID } from 'node:crypto';
import type { RefusalCode } from '../../../src/domain/refusals.ts';
import type { Person, Send } from '../client.ts';
import { adminKey } from '../site.ts';
import type { World } from './world.ts';

export type Row = {
  request: string;
  code: RefusalCode;
  path?: (w: World) => string;
  send: (w: World) => Send;
};

export const reserving = (w: World) => `/v1/events/${w.show.id}/holds`;
export const asBuyer = (w: World) => ({ ...w.who.headers, 'idempotency-key': randomUUID() });
export const asAdmin = () => ({
  authorization: `Bearer ${adminKey}`,
  'idempotency-key': randomUUID(),
  'if-match': '*',
});
export const json = { 'content-type': 'application/json' };
export const unused = '01900000-0000-7000-8000-000000000000';

/** A reserve with one thing wrong: `quantity` is written into the body as it stands. */
export const withQuantity = (quantity: string, code: RefusalCode = 'input_invalid'): Row => ({
  request: `quantity ${quantity}`,
  code,
  send: (w) => ({
    method: 'POST',
    headers: { ...asBuyer(w), ...json },
    raw: `{"items":[{"tierId":"${w.show.tiers[0]}","quantity":${quantity}}]}`,
  }),
});

export const withBody = (
  request: string,
  code: RefusalCode,
  body: (w: World) => string | Uint8Array,
): Row => ({
  request,
  code,
  send: (w) => ({ method: 'POST', headers: { ...asBuyer(w), ...json }, raw: body(w) }),
});

export const basket = (tier: string, quantity = 1) => ({ items: [{ tierId: tier, quantity }] });

export const reserveOf = (
  request: string,
  code: RefusalCode,
  event: (w: World) => string,
  tier: (w: World) => string,
): Row => ({
  request,
  code,
  path: (w) => `/v1/events/${event(w)}/holds`,
  send: (w) => ({ method: 'POST', headers: asBuyer(w), json: basket(tier(w)) }),
});

export const onHold = (
  request: string,
  code: RefusalCode,
  method: 'GET' | 'DELETE' | 'EXTEND',
  id: (w: World) => string,
  by: (w: World) => Person = (w) => w.who,
): Row => ({
  request,
  code,
  path: (w) => `/v1/holds/${id(w)}${method === 'EXTEND' ? '/extend' : ''}`,
  send: (w) => ({
    method: method === 'EXTEND' ? 'POST' : method,
    headers: { ...by(w).headers, 'idempotency-key': randomUUID() },
  }),
});

export const onAdmin = (request: string, code: RefusalCode, path: string, send: (w: World) => Send): Row => ({
  request,
  code,
  path: (w) => `/v1/admin${path.replace('{event}', w.show.id).replace('{tier}', w.show.tiers[0] ?? '')}`,
  send,
});
