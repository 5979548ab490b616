/** The JSON of refunds and of cancelled events, as src/server/refund-views.ts builds it. */
import { z } from 'zod';
import { bodies, money } from './bodies.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_${uuid}$`));
const instant = z.iso.datetime();
const count = z.int().min(0);
const returnTo = z.enum(['public', 'house', 'none']);

export const refund = z
  .object({
    id: id('rfd'),
    orderId: id('ord'),
    kind: z
      .enum(['tickets', 'amount', 'payment', 'elsewhere', 'chargeback'])
      .describe(
        'tickets: they become void. amount: a part of the price. payment: all of one that bought nothing. elsewhere: made in the provider’s own dashboard. chargeback: taken by a bank',
      ),
    status: z.enum(['requested', 'done', 'failed']),
    amount: money,
    returnTo: returnTo.describe('Where the units of the tickets go'),
    reason: z.string(),
    by: z.string(),
    tickets: z.array(z.object({ ticketId: id('tkt'), tierId: id('tier') })),
    requestedAt: instant,
    refundedAt: instant.nullable(),
    failure: z.string().nullable().describe('Why the provider refused'),
  })
  .register(bodies, { id: 'Refund' });

export const refundList = z
  .object({
    orderId: id('ord'),
    paid: money,
    refunded: money.describe('Done, or being carried out'),
    refunds: z.array(refund),
  })
  .register(bodies, { id: 'RefundList' });

export const cancellation = z
  .object({
    eventId: id('evt'),
    reason: z.string(),
    returnTo,
    by: z.string(),
    requestedAt: instant,
    done: z.boolean().describe('Nothing is left that this server could do'),
    orders: z.object({
      refunded: count,
      refunding: count,
      waiting: count.describe('Paid, and their turn has not come'),
      pending: count.describe('May still be paid; refunded once they are'),
      disputed: count.describe('A bank decides first'),
      failed: count.describe('The provider refused: each has an incident'),
    }),
  })
  .register(bodies, { id: 'Cancellation' });
