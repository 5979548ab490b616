/** What an organizer, or somebody who is none, may send that is wrong. */
import { adminKey } from '../site.ts';
import { asAdmin, asBuyer, json, onAdmin, type Row, unused } from './row.ts';

/** Instants that no sale has: before 2000, and years that RFC 3339 has no four digits for once they are told in UTC. */
const instantsOutside = [
  '1970-01-01T00:00:00Z',
  '1969-12-31T23:59:59Z',
  '1999-12-31T23:59:59.999Z',
  '2000-01-01T00:00:00+00:01',
  '0050-01-01T00:00:00Z',
  '9999-12-31T23:59:59-00:01',
];
const someEvent = { name: 'x', startsAt: '2031-01-01T00:00:00Z', currency: 'EUR' };

const outsideRows = instantsOutside.flatMap((at): Row[] => [
  onAdmin(`an event at ${at}`, 'input_invalid', '/events', () => ({
    method: 'POST',
    headers: asAdmin(),
    json: { ...someEvent, startsAt: at },
  })),
  onAdmin(`an event moved to ${at}`, 'input_invalid', '/events/{event}', () => ({
    method: 'PATCH',
    headers: asAdmin(),
    json: { startsAt: at },
  })),
  ...['opensAt', 'closesAt'].flatMap((bound) => [
    onAdmin(`a new event whose ${bound} is ${at}`, 'input_invalid', '/events', () => ({
      method: 'POST',
      headers: asAdmin(),
      json: { ...someEvent, sale: { [bound]: at } },
    })),
    onAdmin(`a sale whose ${bound} is ${at}`, 'input_invalid', '/events/{event}/sale', () => ({
      method: 'PATCH',
      headers: asAdmin(),
      json: { [bound]: at },
    })),
  ]),
]);

/** Half of a surrogate pair, which JSON can escape: a body of ASCII that is no Unicode. */
const half = '\ud800';
const halfRows = [
  ['the name of an event', '/events', 'POST', { ...someEvent, name: half }],
  ['a venue', '/events', 'POST', { ...someEvent, venue: `a${half}` }],
  ['the name of a tier', '/events/{event}/tiers', 'POST', { name: half, price: 1, capacity: 1 }],
  [
    'a description',
    '/events/{event}/tiers',
    'POST',
    { name: 'x', price: 1, capacity: 1, description: '\udc00' },
  ],
  ['a reason', '/events/{event}/pause', 'POST', { reason: half }],
  ['an edited venue', '/events/{event}', 'PATCH', { venue: half }],
  [
    'the refs of two pools',
    '/events',
    'POST',
    { ...someEvent, pools: [half, '\ud801'].map((ref) => ({ ref, name: 'x', capacity: 1 })) },
  ],
  [
    'the pool of a tier',
    '/events',
    'POST',
    {
      ...someEvent,
      pools: [{ ref: '\ufffd', name: 'x', capacity: 1 }],
      tiers: [{ name: 'x', price: 1, capacity: 1, pool: half }],
    },
  ],
].map(
  ([what, path, method, body]): Row =>
    onAdmin(`half a character in ${what}`, 'input_invalid', String(path), () => ({
      method: String(method),
      headers: asAdmin(),
      json: body,
    })),
);

export const organizerRows: Row[] = [
  ...outsideRows,
  ...halfRows,
  onAdmin('an event that closes as it opens', 'input_invalid', '/events', () => ({
    method: 'POST',
    headers: asAdmin(),
    json: { ...someEvent, sale: { opensAt: '2030-01-01T00:00:00Z', closesAt: '2030-01-01T01:00:00+01:00' } },
  })),
  onAdmin('no administrator key', 'admin_key_required', '/events/{event}/pause', () => ({
    method: 'POST',
    headers: { 'idempotency-key': 'k' },
  })),
  onAdmin('a wrong administrator key', 'admin_key_required', '/events/{event}/audit', () => ({
    headers: { authorization: `Bearer ${adminKey}x` },
  })),
  onAdmin("a buyer's session as administrator", 'admin_key_required', '/events/{event}/pause', (w) => ({
    method: 'POST',
    headers: asBuyer(w),
  })),
  onAdmin('no Idempotency-Key from an organizer', 'idempotency_key_missing', '/events/{event}/pause', () => ({
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}` },
  })),
  onAdmin('a capacity below 0', 'input_invalid', '/events/{event}/tiers/{tier}', () => ({
    method: 'PATCH',
    headers: asAdmin(),
    json: { capacity: -1 },
  })),
  onAdmin('a capacity of 1e309', 'input_invalid', '/events/{event}/tiers/{tier}', () => ({
    method: 'PATCH',
    headers: { ...asAdmin(), ...json },
    raw: '{"capacity":1e309}',
  })),
  onAdmin('capacity and price at once', 'input_invalid', '/events/{event}/tiers/{tier}', () => ({
    method: 'PATCH',
    headers: asAdmin(),
    json: { capacity: 1, price: 1 },
  })),
  onAdmin('a resize of an unknown tier', 'tier_unknown', `/events/{event}/tiers/tier_${unused}`, () => ({
    method: 'PATCH',
    headers: asAdmin(),
    json: { capacity: 1 },
  })),
  onAdmin(
    'a capacity below what is held',
    'capacity_below_committed',
    '/events/{event}/tiers/{tier}',
    () => ({ method: 'PATCH', headers: asAdmin(), json: { capacity: 1 } }),
  ),
  onAdmin('to withhold nothing', 'input_invalid', '/events/{event}/withholds', (w) => ({
    method: 'POST',
    headers: asAdmin(),
    json: { tierId: w.show.tiers[0], quantity: 0 },
  })),
  onAdmin(
    'to withhold more than there is',
    'withhold_exceeds_available',
    '/events/{event}/withholds',
    (w) => ({ method: 'POST', headers: asAdmin(), json: { tierId: w.show.tiers[0], quantity: 1_000 } }),
  ),
  onAdmin('a reason with a NUL', 'input_invalid', '/events/{event}/pause', () => ({
    method: 'POST',
    headers: asAdmin(),
    json: { reason: 'a\0b' },
  })),
  onAdmin('an event in no currency', 'input_invalid', '/events', () => ({
    method: 'POST',
    headers: asAdmin(),
    json: { name: 'x', startsAt: '2031-01-01T00:00:00Z', currency: 'XXZ' },
  })),
  onAdmin('an event in no time zone', 'input_invalid', '/events', () => ({
    method: 'POST',
    headers: asAdmin(),
    json: { name: 'x', startsAt: '2031-01-01T00:00:00Z', currency: 'EUR', timeZone: 'Mars/Base' },
  })),
  onAdmin('an event on February 30', 'input_invalid', '/events', () => ({
    method: 'POST',
    headers: asAdmin(),
    json: { name: 'x', startsAt: '2031-02-30T00:00:00Z', currency: 'EUR' },
  })),
  onAdmin('a venue with a NUL', 'input_invalid', '/events', () => ({
    method: 'POST',
    headers: asAdmin(),
    json: { name: 'x', startsAt: '2031-01-01T00:00:00Z', currency: 'EUR', venue: 'a\0b' },
  })),
  onAdmin('a tier whose description has a NUL', 'input_invalid', '/events/{event}/tiers', () => ({
    method: 'POST',
    headers: asAdmin(),
    json: { name: 'x', price: 1, capacity: 1, description: 'a\0b' },
  })),
  onAdmin('a price beyond what the tables hold', 'input_invalid', '/events/{event}/tiers/{tier}', () => ({
    method: 'PATCH',
    headers: asAdmin(),
    json: { price: 2_147_483_648 },
  })),
  onAdmin('a sale that closes before it opens', 'input_invalid', '/events/{event}/sale', () => ({
    method: 'PATCH',
    headers: asAdmin(),
    json: { opensAt: '2030-01-02T00:00:00Z', closesAt: '2030-01-01T00:00:00Z' },
  })),
  onAdmin('an unknown event of an organizer', 'event_unknown', `/events/evt_${unused}/publish`, () => ({
    method: 'POST',
    headers: asAdmin(),
  })),
];
