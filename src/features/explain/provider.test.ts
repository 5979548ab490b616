/** Where events of the provider stand: its clock has whole seconds, and everything here happens within two of them. */
import { expect, test } from 'vitest';
import {
  factsOf,
  held,
  opened,
  order,
  pinned,
  released,
  type Step,
  sold,
  start,
  unfulfilled,
} from '../../../test/support/ledger.ts';
import type { OrderRow, ProviderRow, RefundRow } from '../../persistence/queries/timeline.ts';
import { factMoments } from './facts.ts';
import { inCausalOrder } from './moment.ts';
import { causedBy, providerMoments } from './provider.ts';
import { orderMoment, refundMoments } from './records.ts';

const words = { tierName: () => 'Floor', currency: 'EUR' };

type Told = Partial<ProviderRow> & { type: string };
type Refunded = Partial<RefundRow> & { id: string };

/** The kinds of what happened, in the order in which it is told. */
function story(steps: Step[], events: Told[], refunds: Refunded[] = []): string[] {
  const facts = factsOf([opened(), ...steps])
    .slice(1)
    .map((fact, n) => ({ ...fact, at: start + 300 + n }));
  const row: OrderRow = {
    at: start + 301,
    status: 'paid',
    mode: 'hosted',
    origin: 'checkout',
    total: 100,
    currency: 'EUR',
    actor: null,
    reason: null,
    intent: 'pi_1',
  };
  const rows = events.map(
    (event, n): ProviderRow => ({
      id: `evt_${n}`,
      at: start,
      receivedAt: start + 5_000,
      source: 'webhook',
      intent: 'pi_1',
      dispute: null,
      object: null,
      attempt: 1,
      settledAt: null,
      outcome: null,
      ...event,
    }),
  );
  const made = refunds.map(
    (refund): RefundRow => ({
      at: start + 500,
      doneAt: null,
      op: null,
      provider: null,
      reference: '',
      amount: 100,
      currency: 'EUR',
      status: 'requested',
      kind: 'amount',
      reason: '',
      actor: 'ann',
      ...refund,
    }),
  );
  const around = { order: order(1), row, facts, refunds: made };
  const caused = causedBy(rows, around);
  const names = new Map([
    ['order', 'order'],
    ...facts.map((fact): [string, string] => [`fact:${fact.version}`, fact.kind]),
    ...rows.map((each): [string, string] => [`payment:${each.id}`, each.type]),
    ...made.map((each): [string, string] => [`refund:${each.id}`, each.id]),
  ]);
  const moments = [...factMoments(facts, words), ...refundMoments(made, facts)].map((moment) => ({
    ...moment,
    after: [...(moment.after ?? []), ...(caused.get(moment.key) ?? [])],
  }));
  return inCausalOrder([...moments, orderMoment(row, facts), ...providerMoments(rows, around)]).map(
    ({ key }) => names.get(key)!,
  );
}

const begun = [held(1, 1), pinned(1)];
const again = pinned(1, start + 3_000_000);
const [completed, expired, canceled] = [
  'checkout.session.completed',
  'checkout.session.expired',
  'payment_intent.canceled',
];
const [authorised, captured] = ['payment_intent.amount_capturable_updated', 'payment_intent.succeeded'];

test.each<[string, string[], string[]]>([
  [
    'a payment stands between the checkout it was made in and the sale',
    story([...begun, sold(1, 1)], [{ type: completed }, { type: captured }]),
    ['held', 'order', 'pinned', completed, captured, 'sold'],
  ],
  [
    'what was authorised first is taken after the sale',
    story([...begun, sold(1, 1)], [{ type: captured }, { type: authorised }]),
    ['held', 'order', 'pinned', authorised, 'sold', captured],
  ],
  [
    'what cannot be fulfilled is let go of after that was decided',
    story([...begun, unfulfilled(1, 1)], [{ type: canceled }, { type: authorised }]),
    ['held', 'order', 'pinned', authorised, 'unfulfilled', canceled],
  ],
  [
    'an event of the second attempt stands behind its own pin',
    story(
      [...begun, again, sold(1, 1)],
      [
        { type: expired, intent: null },
        { type: completed, attempt: 2 },
      ],
    ),
    ['held', 'order', 'pinned', 'pinned', expired, completed, 'sold'],
  ],
  [
    'a payment is closed before its hold is given back',
    story([...begun, released(1, 1, order(1))], [{ type: expired, intent: null }]),
    ['held', 'order', 'pinned', expired, 'released'],
  ],
  [
    'a refund is asked for before the provider tells of it, and one made in its dashboard is told of first',
    story(
      [...begun, sold(1, 1)],
      [
        { type: completed },
        { type: 'refund.created', object: 're_1' },
        { type: 'charge.refunded' },
        { type: 'refund.created', object: 're_2', at: start + 1_000 },
      ],
      [
        { id: 'ours', provider: 're_1', at: start + 1_100 },
        { id: 'theirs', provider: 're_2', kind: 'elsewhere', at: start + 1_200 },
      ],
    ),
    [
      'held',
      'order',
      'pinned',
      completed,
      'sold',
      'ours',
      'refund.created',
      'charge.refunded',
      'refund.created',
      'theirs',
    ],
  ],
  [
    'a bank takes money back after it decided',
    story(
      [...begun, sold(1, 1)],
      [{ type: completed }, { type: 'charge.dispute.closed', dispute: 'dp_1', at: start + 1_000 }],
      [{ id: 'taken', kind: 'chargeback', reference: 'dispute:dp_1', at: start + 1_200 }],
    ),
    ['held', 'order', 'pinned', completed, 'sold', 'charge.dispute.closed', 'taken'],
  ],
  [
    'what happened within a second is told when we heard of it, if that was within it too',
    story(
      [...begun, sold(1, 1)],
      [{ type: 'payment_intent.processing', receivedAt: start + 200 }, { type: completed }],
    ),
    ['held', 'order', 'pinned', 'payment_intent.processing', completed, 'sold'],
  ],
])('%s', (_, told, expected) => {
  expect(told).toEqual(expected);
});
