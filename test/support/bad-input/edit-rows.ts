/** Edits without or with the wrong condition, keys without the scope, and what texts may not be. */
import type { Send } from '../client.ts';
import { asAdmin, json, onAdmin, type Row, unused } from './row.ts';
import type { World } from './world.ts';

const event = '/events/{event}';
const tier = '/events/{event}/tiers/{tier}';
const sale = '/events/{event}/sale';

const unconditional = () => {
  const { 'if-match': _, ...rest } = asAdmin();
  return rest;
};

const patch = (body: object, headers: Record<string, string> = asAdmin()) => ({
  method: 'PATCH',
  headers,
  json: body,
});

/** What an administrator does to the event that is named, which is another one than that of most rows. */
const onEvent = (
  request: string,
  code: Row['code'],
  path: (w: World) => string,
  how: () => Send = () => ({ headers: asAdmin() }),
): Row => ({ request, code, path: (w) => `/v1/admin/events/${path(w)}`, send: how });

export const editRows: Row[] = [
  onEvent('the audit of a draft', 'sale_not_open', (w) => `${w.draft.id}/audit`),
  onEvent('the audit of no event', 'event_unknown', () => `evt_${unused}/audit`),
  ...[
    [event, { name: 'x' }],
    [tier, { name: 'x' }],
    [tier, { price: 1 }],
    [tier, { capacity: 90 }],
    [sale, { buyerLimit: 3 }],
  ].flatMap(([path, body]): Row[] => {
    const what = `an edit of ${path} with ${JSON.stringify(body)}`;
    return [
      onAdmin(`${what} without If-Match`, 'precondition_required', String(path), () =>
        patch(body as object, unconditional()),
      ),
      onAdmin(`${what} for an old version`, 'version_conflict', String(path), () =>
        patch(body as object, { ...asAdmin(), 'if-match': '"999999-abcdefgh"' }),
      ),
      onAdmin(`${what} with a weak tag`, 'version_conflict', String(path), () =>
        patch(body as object, { ...asAdmin(), 'if-match': 'W/"1-abcdefgh"' }),
      ),
      onAdmin(`${what} with a key that may only look`, 'scope_missing', String(path), (w) =>
        patch(body as object, { ...asAdmin(), authorization: `Bearer ${w.readOnlyKey}` }),
      ),
    ];
  }),
  onAdmin('an If-Match that is no tag', 'input_invalid', event, () =>
    patch({ name: 'x' }, { ...asAdmin(), 'if-match': '3' }),
  ),
  onAdmin('an If-Match of another server', 'version_conflict', event, () =>
    patch({ name: 'x' }, { ...asAdmin(), 'if-match': '"abc"' }),
  ),
  onAdmin('an edit of nothing', 'input_invalid', event, () => patch({})),
  onAdmin('an edit of a tier to nothing', 'input_invalid', tier, () => patch({})),
  onAdmin('an event without a name', 'input_invalid', event, () => patch({ name: '  ' })),
  onAdmin('an event with control characters', 'input_invalid', event, () => patch({ name: 'a\u0007b' })),
  onAdmin('a name of 201 characters', 'input_invalid', event, () => patch({ name: 'x'.repeat(201) })),
  onAdmin('an event at no time', 'input_invalid', event, () => patch({ startsAt: 'tomorrow' })),
  onAdmin('an edit of the currency', 'input_invalid', event, () => patch({ currency: 'USD' })),
  onAdmin('texts and price at once', 'input_invalid', tier, () => patch({ name: 'x', price: 1 })),
  onAdmin('an edit of an unknown event', 'event_unknown', `/events/evt_${unused}`, () =>
    patch({ name: 'x' }),
  ),
  onAdmin('an edit of an unknown tier', 'tier_unknown', `${event}/tiers/tier_${unused}`, () =>
    patch({ name: 'x' }),
  ),
  onAdmin('an id of a tier without prefix', 'tier_unknown', `${event}/tiers/${unused}`, () =>
    patch({ name: 'x' }),
  ),
  onAdmin('to see an unknown tier', 'tier_unknown', `${event}/tiers/tier_${unused}`, () => ({
    headers: asAdmin(),
  })),
  ...[
    '0x10',
    '1e1',
    '%2010',
    '10%20',
    '+5',
    '05',
    '101',
    '1.0',
    '',
    '5&limit=6',
    '5&after=x&after=y',
  ].flatMap((limit): Row[] => [
    onAdmin(`a page of "${limit}"`, 'input_invalid', `/events?limit=${limit}`, () => ({
      headers: asAdmin(),
    })),
    {
      request: `a public page of "${limit}"`,
      code: 'input_invalid',
      path: () => `/v1/events?limit=${limit}`,
      send: () => ({}),
    },
  ]),
  onAdmin('a page of 0', 'input_invalid', '/events?limit=0', () => ({ headers: asAdmin() })),
  onAdmin('the list without a key', 'admin_key_required', '/events', () => ({})),
  onAdmin('a key in the shape of keys that nobody made', 'admin_key_required', '/events', () => ({
    headers: { authorization: `Bearer sk_org_${'x'.repeat(43)}` },
  })),
  onAdmin('a key with NUL', 'admin_key_required', '/events', () => ({
    headers: { authorization: 'Bearer sk_org_%00' },
  })),
  onAdmin('an audit with a key that may only look at events', 'scope_missing', `${event}/audit`, (w) => ({
    headers: { authorization: `Bearer ${w.readOnlyKey}` },
  })),
  onAdmin('to publish with a key that may only look', 'scope_missing', `${event}/publish`, (w) => ({
    method: 'POST',
    headers: { ...asAdmin(), ...json, authorization: `Bearer ${w.readOnlyKey}` },
    raw: '{}',
  })),
];
