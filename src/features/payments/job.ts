/** Jobs that act on what the provider told, for the transaction that stores it. */
import type { OrderId } from '../../domain/ids.ts';
import { inParts } from '../../domain/parts.ts';
import type { ProviderEvent } from '../../domain/payment.ts';
import type { Job } from '../../domain/tasks.ts';

/** Of one job. */
const toldMax = 50;

/** Whose order's turn it is: jobs and looks that name the same one never run at the same time. */
export const queueOfOrder = (order: string): string => `order:${order}`;

/**
 * A look at an order sees to everything that was told about its payment until then, so what is stored together is one job.
 * Refunds and disputes are acted on each by itself, and what names no order may turn out to be of any.
 */
export function eventsJobs(events: ProviderEvent[]): Job[] {
  const told = events.flatMap(({ id, type, order }) =>
    order === null || isAboutMoneyBack(type) ? [] : [{ event: id, order }],
  );
  const alone = events.filter(({ type, order }) => order === null || isAboutMoneyBack(type));
  return [
    ...inParts(told, toldMax).map((part): Job => ({ task: 'settle_events', payload: { told: part } })),
    ...alone.map(({ id, order, intent }) => eventJob(id, queueOfOrder(order ?? intent ?? id))),
  ];
}

/** Of an order whose look failed, with any of its events: one waits at a time. `runAt`: Unix ms. */
export function orderEventJob(event: string, order: OrderId, runAt: number): Job {
  return { ...eventJob(event, queueOfOrder(order)), key: `settle_event:${order}`, runAt };
}

function eventJob(event: string, queue: string): Job {
  return { task: 'settle_event', payload: { event }, queue };
}

export const isAboutMoneyBack = (type: string): boolean => /refund|dispute/.test(type);
