/** Which jobs act on events that were stored together. */
import { expect, test } from 'vitest';
import type { OrderId } from '../../domain/ids.ts';
import type { ProviderEvent } from '../../domain/payment.ts';
import { eventsJobs, orderEventJob } from './job.ts';

const order = (index: number) => `01939a00-0000-7000-8000-${String(index).padStart(12, '0')}` as OrderId;
const event = (id: string, more: Partial<ProviderEvent>): ProviderEvent => ({
  id,
  type: 'checkout.session.completed',
  createdAt: 0,
  livemode: false,
  ref: null,
  intent: null,
  order: null,
  dispute: null,
  payload: {},
  ...more,
});

test('those that name an order go together, fifty a job; none is left out and none is in two', () => {
  const events = Array.from({ length: 120 }, (_, index) => event(`evt_${index}`, { order: order(index) }));
  const jobs = eventsJobs(events);
  expect(jobs.map(({ task, key, queue }) => [task, key, queue])).toEqual(
    Array(3).fill(['settle_events', undefined, undefined]),
  );
  const told = jobs.map(({ payload }) => (payload as { told: { event: string; order: string }[] }).told);
  expect(told.map(({ length }) => length)).toEqual([50, 50, 20]);
  expect(told.flat()).toEqual(events.map(({ id, order }) => ({ event: id, order })));
  expect(eventsJobs([])).toEqual([]);
});

test('refunds and disputes, and what names no order, are acted on each by itself and in its queue', () => {
  const jobs = eventsJobs([
    event('evt_paid', { order: order(1) }),
    event('evt_back', { type: 'charge.refunded', order: order(1), intent: 'pi_1' }),
    event('evt_bank', { type: 'charge.dispute.created', intent: 'pi_2' }),
    event('evt_whose', { intent: 'pi_3' }),
    event('evt_what', {}),
  ]);
  const alone = (id: string, queue: string) => ({ task: 'settle_event', payload: { event: id }, queue });
  expect(jobs).toEqual([
    { task: 'settle_events', payload: { told: [{ event: 'evt_paid', order: order(1) }] } },
    alone('evt_back', `order:${order(1)}`),
    alone('evt_bank', 'order:pi_2'),
    alone('evt_whose', 'order:pi_3'),
    alone('evt_what', 'order:evt_what'),
  ]);
});

test('of an order whose look failed one job waits at a time, in the queue of the order', () => {
  expect(orderEventJob('evt_1', order(1), 7)).toEqual({
    task: 'settle_event',
    payload: { event: 'evt_1' },
    queue: `order:${order(1)}`,
    key: `settle_event:${order(1)}`,
    runAt: 7,
  });
});
