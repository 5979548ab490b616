/** Bodies that two readers could read differently, and what browsers of other sites may not do. */
import { asAdmin, asBuyer, basket, json, onAdmin, type Row, withBody } from './row.ts';

const item = (tier: string | undefined, more: string) => `{"items":[{"tierId":"${tier}",${more}}]}`;

export const bodyRows: Row[] = [
  withBody('a quantity twice', 'body_key_repeated', (w) =>
    item(w.show.tiers[0], '"quantity":1,"quantity":2'),
  ),
  withBody('a quantity twice, once in escapes', 'body_key_repeated', (w) =>
    item(w.show.tiers[0], '"quantity":1,"\\u0071uantity":2'),
  ),
  withBody('the same value twice', 'body_key_repeated', (w) =>
    item(w.show.tiers[0], '"quantity":1,"quantity":1'),
  ),
  withBody('two lists of items', 'body_key_repeated', (w) => {
    const one = JSON.stringify(basket(w.show.tiers[0] ?? ''));
    return `${one.slice(0, -1)},${one.slice(1)}`;
  }),
  withBody('__proto__ twice', 'body_key_repeated', () => '{"__proto__":1,"__proto__":2}'),
  withBody(
    'a key of another object twice is no repetition',
    'input_invalid',
    () => '{"a":{"x":1},"b":{"x":1}}',
  ),
  withBody('colons and braces inside of strings', 'input_invalid', () => '{"a:\\"{":"b:c:{\\\\"}'),
  {
    request: 'a body in another charset',
    code: 'media_type_unsupported',
    send: (w) => ({
      method: 'POST',
      headers: { ...asBuyer(w), 'content-type': 'application/json; charset=latin1' },
      raw: JSON.stringify(basket(w.show.tiers[0] ?? '')),
    }),
  },
  {
    request: 'a type that begins like JSON',
    code: 'media_type_unsupported',
    send: (w) => ({
      method: 'POST',
      headers: { ...asBuyer(w), 'content-type': 'application/json-patch' },
      raw: JSON.stringify(basket(w.show.tiers[0] ?? '')),
    }),
  },
  {
    request: 'a form',
    code: 'media_type_unsupported',
    send: (w) => ({
      method: 'POST',
      headers: { ...asBuyer(w), 'content-type': 'application/x-www-form-urlencoded' },
      raw: 'items=1',
    }),
  },
  onAdmin('a price twice', 'body_key_repeated', '/events/{event}/tiers/{tier}', () => ({
    method: 'PATCH',
    headers: { ...asAdmin(), ...json },
    raw: '{"price":1,"price":2}',
  })),
  {
    request: 'a browser of an origin that is not allowed asks beforehand',
    code: 'method_not_allowed',
    send: () => ({
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    }),
  },
  {
    request: 'a parameter that is not known',
    code: 'input_invalid',
    path: () => '/v1/events?page=2',
    send: () => ({}),
  },
  {
    request: 'a cursor that is none',
    code: 'input_invalid',
    path: () => '/v1/events?after=evt_1',
    send: () => ({}),
  },
];
