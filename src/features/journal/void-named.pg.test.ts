/** A give-back that names its tickets voids these and no others, and one that names the wrong ones halts the event. */
import { expect, test } from 'vitest';
import { append } from '../../../test/support/journal.ts';
import { drain, read, redis, scene, tickets, useJournalBed } from '../../../test/support/journal-bed.ts';
import { held, opened, order, returned, sold, tier } from '../../../test/support/ledger.ts';
import type { FactOf } from '../../domain/facts.ts';
import { ticketIdFor } from '../../domain/ids.ts';

useJournalBed();

const sale = [
  opened(),
  held(1, 3),
  sold(1, 3),
  held(2, 2),
  sold(2, 2),
  { ...returned(1, 2), op: 'return-1' as never, actor: 'olga' },
  returned(1, 1),
];

/** `named`: ordinals of order 1's tickets that the first give-back names, of which the second knows nothing. */
async function given(named: (idOf: (id: string) => string) => ReturnType<typeof ticketIdFor>[]) {
  const { facts, partition, idOf } = await scene(sale);
  (facts[5] as FactOf<'returned'>).tickets = named(idOf);
  await append(redis, { partition }, facts);
  const [applied] = await drain(partition);
  return { applied, idOf };
}

const statuses = async (id: string) => (await tickets(id)).map(({ status }) => status);

test('the named tickets are void, and the one that is given back without a name is another', async () => {
  const { applied, idOf } = await given((idOf) =>
    [1, 3].map((n) => ticketIdFor(idOf(order(1)), idOf(tier(1)), n)),
  );
  expect(applied).toMatchObject({ end: 'drained', frozen: [] });
  expect(await statuses(idOf(order(1)))).toEqual(['void', 'void', 'void']);
  expect(await statuses(idOf(order(2)))).toEqual(['issued', 'issued']);
  const [first] = await tickets(idOf(order(1)));
  const told = await read((tx) =>
    tx
      .selectFrom('ticketing.ticket_events')
      .select(['event_type', 'metadata'])
      .where('ticket_id', '=', first?.id ?? '')
      .orderBy('id')
      .execute(),
  );
  expect(told).toEqual([
    { event_type: 'created', metadata: {} },
    { event_type: 'voided', metadata: { op: 'return-1', actor: 'olga' } },
  ]);
});

test('before the second give-back only the named ones are void', async () => {
  const { facts, partition, idOf } = await scene(sale.slice(0, 6));
  const id = (n: number) => ticketIdFor(idOf(order(1)), idOf(tier(1)), n);
  (facts[5] as FactOf<'returned'>).tickets = [id(1), id(3)];
  await append(redis, { partition }, facts);
  await drain(partition);
  expect(await statuses(idOf(order(1)))).toEqual(['void', 'issued', 'void']);
});

test.each([
  [
    'of another order',
    (idOf: (id: string) => string) => [1, 2].map((n) => ticketIdFor(idOf(order(2)), idOf(tier(1)), n)),
  ],
  [
    'that nobody issued',
    (idOf: (id: string) => string) => [1, 9].map((n) => ticketIdFor(idOf(order(1)), idOf(tier(1)), n)),
  ],
])('tickets %s are not voided: Postgres refuses the fact', async (_, named) => {
  const { applied, idOf } = await given(named);
  expect(applied).toMatchObject({ frozen: [expect.objectContaining({ version: 6 })] });
  expect(await statuses(idOf(order(1)))).toEqual(['issued', 'issued', 'issued']);
  expect(await statuses(idOf(order(2)))).toEqual(['issued', 'issued']);
});
