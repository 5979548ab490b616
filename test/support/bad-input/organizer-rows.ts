/** What an organizer, or somebody who is none, may send that is wrong. */
import { adminKey } from '../site.ts';
import { asAdmin, asBuyer, json, onAdmin, type Row, unused } from './row.ts';

export const organizerRows: Row[] = [
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
