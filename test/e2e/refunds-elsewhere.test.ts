/** Money back where Redis does not count the tickets any more, or never did. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { type RefundId, readId, showId } from '../../src/domain/ids.ts';
import { carryOutRefund } from '../../src/features/refunds/carry-out.ts';
import { send } from '../support/client.ts';
import {
  type Bed,
  type Bought,
  buy,
  priced,
  runJobs,
  showOf,
  stateOf,
  useRefundBed,
} from '../support/refund-bed.ts';
import { adminKey } from '../support/site.ts';

let bed: Bed;
useRefundBed((begun) => {
  bed = begun;
});

const refund = (bought: Bought, json: object = {}) =>
  send(bed.site, `/v1/orders/${showId('order', bought.order)}/refunds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'idempotency-key': randomUUID() },
    json,
  });

/** What an import leaves: an event that only Postgres counts, and an order whose buyer no ledger knows. */
async function asImported({ event, order }: Bought): Promise<void> {
  await bed.pool.query("update events.events set inventory_authority = 'postgres' where id = $1", [event]);
  await bed.pool.query("update ticketing.orders set buyer = null, origin = 'import' where id = $1", [order]);
}

test('of an event that was imported and never opened here: Postgres voids the tickets and counts their units', async () => {
  const bought = await buy(bed, await showOf(bed, [priced(2_500)]), 4);
  await asImported(bought);
  const [one, two] = bought.tickets.map((ticket) => showId('ticket', ticket));
  const first = await refund(bought, { tickets: [one], returnTo: 'house' });
  const second = await refund(bought, { tickets: [two], returnTo: 'none' });
  expect([first.status, second.status]).toEqual([202, 202]);
  await runJobs(bed);
  const parts = first.body.amount.amount + second.body.amount.amount;
  expect(await stateOf(bed, bought)).toMatchObject({
    order: 'partially_refunded',
    tickets: ['issued', 'issued', 'void', 'void'],
    incidents: [],
    refunded: parts,
    records: { capacity: 9, sold: 2, withheld: 1 },
  });
  const rest = await refund(bought);
  // Whoever carries it out twice, or at once, gives nothing back twice.
  const id = readId('refund', rest.body.id) as RefundId;
  await Promise.all([carryOutRefund(bed.ctx, id), carryOutRefund(bed.ctx, id)]);
  await runJobs(bed);
  expect(await stateOf(bed, bought)).toMatchObject({
    order: 'refunded',
    tickets: ['void', 'void', 'void', 'void'],
    refunded: bought.total,
    records: { capacity: 9, sold: 0, withheld: 1 },
  });
});

test('of an event that is closed for good: an amount up to all of it, and the tickets stay', async () => {
  const bought = await buy(bed, await showOf(bed, [priced(2_500)]), 2);
  await bed.pool.query("update events.events set status = 'retired' where id = $1", [bought.event]);
  const refused = await refund(bought);
  expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
    410,
    'event_retired',
    expect.stringContaining('up to all that was paid'),
  ]);
  expect((await refund(bought, { amount: bought.total + 1 })).body.code).toBe('refund_exceeds_paid');
  expect((await refund(bought, { amount: bought.total })).status).toBe(202);
  await runJobs(bed);
  expect(await stateOf(bed, bought)).toMatchObject({
    order: 'partially_refunded',
    tickets: ['issued', 'issued'],
    refunded: bought.total,
    incidents: [],
  });
});
