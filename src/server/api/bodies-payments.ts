/** The JSON of what is answered about payments; the rest is in bodies.ts. */
import { z } from 'zod';
import { bodies } from './bodies.ts';

export const webhookReceived = z
  .object({ received: z.enum(['stored', 'duplicate', 'ignored']) })
  .register(bodies, { id: 'WebhookReceived' });
