/** The JSON of what is answered about payments; the rest is in bodies.ts. */
import { z } from 'zod';
import { orderStatuses } from '../../domain/order.ts';
import { bodies } from './bodies.ts';

const orderId = z.string().regex(/^ord_[0-9a-f-]{36}$/);

export const webhookReceived = z
  .object({ received: z.enum(['stored', 'duplicate', 'ignored']) })
  .register(bodies, { id: 'WebhookReceived' });

export const paymentAccepted = z
  .object({
    id: orderId,
    status: z.enum(orderStatuses),
    late: z.boolean().describe('The hold was gone, and its basket was taken again from what was on sale'),
    warnings: z.array(z.string()).describe('What was accepted, in words'),
  })
  .register(bodies, { id: 'PaymentAccepted' });
