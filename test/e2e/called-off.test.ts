/** Money that moves against the buyer's or the organizer's plan: the bank takes it back, the event is called off, the door is open meanwhile. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type OpId, showId } from '../../src/domain/ids.ts';
import { ticketCode } from '../../src/domain/ticket-code.ts';
import { checkIn } from '../../src/features/checkins/check-in.ts';
import { settleDispute } from '../../src/features/disputes/settle.ts';
import { refundNextOrders } from '../../src/features/events/refund-all.ts';
import { lookAtRefunds } from '../../src/features/refunds/look.ts';
import { requestRefund } from '../../src/features/refunds/request.ts';
import { admin } from '../support/client.ts';
import { endOf } from '../support/paying.ts';
import {
  type Bed,
  type Bought,
  buy,
  hurryJobs,
  priced,
  runJobs,
  showOf,
  stateOf,
  useRefundBed,
} from '../support/refund-bed.ts';

let bed: Bed;
useRefundBed((begun) => {
  bed = begun;
});

const refundAll = ({ order }: Bought, force = false) =>
  requestRefund(bed.ctx, order, { force }, randomUUID() as OpId);

async function atTheDoor({ event, tickets }: Bought, index = 0): Promise<string> {
  const code = ticketCode(bed.ctx.tickets.keys, { event, ticket: tickets[index]!, generation: 1 }, undefined);
  const scan = {
    id: randomUUID(),
    code,
    gate: 'north',
    device: 'one',
    event,
    scannedAt: Date.now(),
    offline: false,
  };
  const answer = await checkIn(bed.ctx, { key: 'door', events: 'all' }, scan);
  return answer.status === 'scanned' ? answer.result : answer.status;
}

describe('at the door', () => {
  test('a ticket that is being refunded lets nobody in, and a used one is refunded only by force', async () => {
    const show = await showOf(bed, [priced(1_000)]);
    const bought = await buy(bed, show, 2);
    expect(await atTheDoor(bought, 1)).toBe('ok');
    expect((await refundAll(bought)).status).toBe('ticket_redeemed');
    expect(
      await requestRefund(bed.ctx, bought.order, { tickets: [bought.tickets[0]!] }, randomUUID() as OpId),
    ).toMatchObject({ status: 'requested' });
    expect(await atTheDoor(bought)).toBe('refunding');
    await runJobs(bed);
    await stateOf(bed, bought);
    expect(await atTheDoor(bought)).toBe('void');
    expect((await refundAll(bought)).status).toBe('ticket_redeemed');
    expect((await refundAll(bought, true)).status).toBe('requested');
    await runJobs(bed);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'refunded',
      refunded: bought.total,
      redis: { sold: 0 },
    });
  });

  test('refund and redeem in the same moment, twenty times: the person is inside or has the money, never both', async () => {
    const show = await showOf(bed, [priced(1_000, 50)]);
    const seen = new Set<string>();
    const all = await Promise.all(Array.from({ length: 20 }, () => buy(bed, show, 1)));
    for (const [round, bought] of all.entries()) {
      const both = [() => refundAll(bought).then(({ status }) => status), () => atTheDoor(bought)] as const;
      // Each goes first as often as the other.
      const [first, second] = round % 2 ? both : [both[1], both[0]];
      const answers = (await Promise.all([first(), second()])).sort();
      seen.add(answers.join(' '));
    }
    const allowed = ['ok ticket_redeemed', 'refunding requested'];
    expect([...seen].filter((answers) => !allowed.includes(answers))).toEqual([]);
    await runJobs(bed);
  });
});

describe('a chargeback', () => {
  const opened = async (quantity = 2) => {
    const show = await showOf(bed, [priced(2_000)]);
    const bought = await buy(bed, show, quantity);
    const { id, amount } = bed.sandbox.control.dispute(bought.intent);
    const told = (state: 'open' | 'won' | 'lost') =>
      settleDispute(bed.ctx, {
        order: null,
        intent: bought.intent,
        dispute: { id, state, amount: { amount, currency: 'EUR' } },
      });
    return { bought, told };
  };

  test('suspends the tickets and sells nothing again; won, everything is as it was', async () => {
    const { bought, told } = await opened();
    expect(await atTheDoor(bought)).toBe('ok');
    expect(await told('open')).toEqual({ status: 'settled' });
    expect(await told('open')).toEqual({ status: 'known' });
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'disputed',
      tickets: ['suspended', 'suspended'],
      incidents: ['dispute_opened'],
      redis: { sold: 2 },
    });
    expect(await atTheDoor(bought, 1)).toBe('suspended');
    expect((await refundAll(bought, true)).status).toBe('ticket_suspended');
    await told('won');
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'paid',
      tickets: ['issued', 'redeemed'],
      redis: { sold: 2 },
    });
    expect(await told('lost')).toEqual({ status: 'known' });
    expect(await atTheDoor(bought, 1)).toBe('ok');
  });

  test('lost, the tickets are void by a fact and their units go to the house, whatever is told again', async () => {
    const { bought, told } = await opened();
    await told('open');
    await Promise.all([told('lost'), told('lost'), told('open')]);
    await runJobs(bed);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'refunded',
      tickets: ['void', 'void'],
      refunds: [`chargeback done ${bought.total}`],
      refunded: 0,
      redis: { capacity: 10, sold: 0, withheld: 2 },
      records: { capacity: 10, sold: 0, withheld: 2 },
    });
  });

  test('lost without ever having been told of, and told out of order', async () => {
    const { bought, told } = await opened(1);
    await told('lost');
    expect(await atTheDoor(bought)).toBe('suspended');
    expect(await told('open')).toEqual({ status: 'known' });
    await runJobs(bed);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'refunded',
      tickets: ['void'],
      redis: { sold: 0, withheld: 1 },
    });
  });

  test('while a refund is on its way: the provider refuses that, and its tickets wait for the bank with the others', async () => {
    const show = await showOf(bed, [priced(2_000)]);
    const bought = await buy(bed, show, 2);
    await requestRefund(bed.ctx, bought.order, { tickets: [bought.tickets[0]!] }, randomUUID() as OpId);
    const { id, amount } = bed.sandbox.control.dispute(bought.intent);
    const dispute = { id, amount: { amount, currency: 'EUR' } };
    await Promise.all([
      settleDispute(bed.ctx, {
        order: bought.order,
        intent: bought.intent,
        dispute: { ...dispute, state: 'open' },
      }),
      runJobs(bed),
    ]);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'disputed',
      tickets: ['suspended', 'suspended'],
      incidents: ['dispute_opened', 'refund_failed'],
      refunded: 0,
    });
    await settleDispute(bed.ctx, {
      order: bought.order,
      intent: bought.intent,
      dispute: { ...dispute, state: 'won' },
    });
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'paid',
      tickets: ['issued', 'issued'],
      redis: { sold: 2 },
    });
  });

  test('lost after its event was closed for good: the tickets stay suspended and nothing is tried for ever', async () => {
    const { bought, told } = await opened(3);
    const one = { tickets: [bought.tickets[0]!] };
    expect(await requestRefund(bed.ctx, bought.order, one, randomUUID() as OpId)).toMatchObject({
      status: 'requested',
    });
    const retire = () => admin(bed.site, 'POST', `/events/${showId('event', bought.event)}/retire`, {});
    expect((await retire()).body.code).toBe('event_has_holds');
    // The provider refuses a refund of what a bank disputes.
    await runJobs(bed);
    expect((await retire()).status).toBe(200);
    expect(await told('open')).toEqual({ status: 'settled' });
    expect(await told('lost')).toEqual({ status: 'settled' });
    await runJobs(bed);
    expect(await endOf(bed.site, bought.order)).toMatchObject({
      status: 'disputed',
      tickets: 3,
      refunds: [
        { status: 'failed', reason: '' },
        { status: 'done', reason: 'chargeback' },
      ],
    });
    expect(await atTheDoor(bought)).toBe('suspended');
  });

  test('of a payment that nobody knows is for whoever told of it to keep', async () => {
    const dispute = { id: 'dp_nobody', state: 'open', amount: { amount: 1, currency: 'EUR' } } as const;
    expect(await settleDispute(bed.ctx, { order: null, intent: 'pi_nobody', dispute })).toEqual({
      status: 'order_unknown',
    });
  });
});

describe('an event that is called off', () => {
  test('refunds every paid order, used tickets too, and goes on where it was', async () => {
    const show = await showOf(bed, [priced(1_500, 30)]);
    const orders = [await buy(bed, show, 2), await buy(bed, show, 1), await buy(bed, show, 3)];
    expect(await atTheDoor(orders[1]!)).toBe('ok');
    // One of them was refunded in part before.
    await requestRefund(
      bed.ctx,
      orders[2]!.order,
      { tickets: [orders[2]!.tickets[0]!] },
      randomUUID() as OpId,
    );
    await runJobs(bed);
    const reply = await admin(bed.site, 'POST', `/events/${show.id}/cancel`, { reason: 'storm' });
    expect([reply.status, reply.body]).toMatchObject([
      202,
      { reason: 'storm', returnTo: 'house', done: false, orders: { waiting: 3, refunded: 0 } },
    ]);
    const shown = await admin(bed.site, 'GET', `/events/${show.id}`);
    expect(shown.body).toMatchObject({ status: 'cancelled', saleState: 'ended' });
    // Two workers at once, one of them again: each order is refunded once.
    const event = orders[0]!.event;
    await Promise.all([refundNextOrders(bed.ctx, event), refundNextOrders(bed.ctx, event)]);
    await runJobs(bed);
    for (const each of orders) {
      expect(await stateOf(bed, each)).toMatchObject({
        order: 'refunded',
        refunded: each.total,
        incidents: [],
        redis: { capacity: 30, sold: 0, withheld: 5 },
      });
    }
    const after = await admin(bed.site, 'GET', `/events/${show.id}/cancellation`);
    expect(after.body).toMatchObject({
      done: true,
      orders: { waiting: 0, refunding: 0, refunded: 3, failed: 0, pending: 0, disputed: 0 },
    });
    const again = await admin(bed.site, 'POST', `/events/${show.id}/cancel`, { reason: 'sun' });
    expect(again.body).toMatchObject({ reason: 'storm', done: true });
  });

  test('also refunds who pays after all others were refunded, and is never on sale again', async () => {
    const show = await showOf(bed, [priced(1_500)]);
    const bought = await buy(bed, show, 2, 'pm_card_visa', async () => {
      await admin(bed.site, 'POST', `/events/${show.id}/cancel`, {});
      await runJobs(bed);
      const reply = await admin(bed.site, 'GET', `/events/${show.id}/cancellation`);
      expect(reply.body).toMatchObject({ done: true });
    });
    await runJobs(bed);
    expect(await stateOf(bed, bought)).toMatchObject({ order: 'refunded', refunded: bought.total });
    const resumed = await admin(bed.site, 'POST', `/events/${show.id}/resume`, {});
    expect([resumed.status, resumed.body.code]).toEqual([410, 'event_retired']);
    const shown = await admin(bed.site, 'GET', `/events/${show.id}`);
    expect(shown.body).toMatchObject({ status: 'cancelled', saleState: 'ended' });
  });

  test('counts what the provider refuses, and does not ask for ever', async () => {
    const show = await showOf(bed, [priced(1_500)]);
    const bought = await buy(bed, show, 1);
    await bed.stripe.refunds.create({ payment_intent: bought.intent });
    await admin(bed.site, 'POST', `/events/${show.id}/cancel`, {});
    await runJobs(bed);
    await hurryJobs(bed);
    await runJobs(bed);
    const shown = await admin(bed.site, 'GET', `/events/${show.id}/cancellation`);
    expect(shown.body).toMatchObject({ done: true, orders: { failed: 1, waiting: 0 } });
    expect(await stateOf(bed, bought)).toMatchObject({ tickets: ['issued'], incidents: ['refund_failed'] });
    await lookAtRefunds(bed.ctx, bought);
    expect((await stateOf(bed, bought)).incidents).toEqual(['refund_failed', 'refunded_elsewhere']);
  });

  test('is told apart from one that takes place', async () => {
    const show = await showOf(bed, [priced(1_500)]);
    expect((await admin(bed.site, 'GET', `/events/${show.id}/cancellation`)).body.code).toBe('event_unknown');
    expect(
      (await admin(bed.site, 'POST', `/events/${showId('event', randomUUID())}/cancel`, {})).body.code,
    ).toBe('event_unknown');
    expect((await admin(bed.site, 'POST', `/events/${show.id}/cancel`, { returnTo: 'moon' })).body.code).toBe(
      'input_invalid',
    );
  });
});
