/** What happened to an order, for whoever has to explain it. */
import { z } from 'zod';
import { sources } from '../../features/explain/moment.ts';
import { bodies } from './bodies.ts';
import type { Operation } from './operation.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_${uuid}$`));

const timeline = z
  .object({
    orderId: id('ord'),
    holdId: id('hold').nullable(),
    eventId: id('evt'),
    complete: z.boolean().describe('False when there is more than is told; the oldest is told'),
    moments: z
      .array(
        z.object({
          at: z.iso
            .datetime()
            .describe(
              'By the clock of whoever recorded it: one of the provider has no digits below the second, and was at some time within it',
            ),
          source: z.enum(sources),
          said: z.string().describe('One sentence: what changed and why'),
        }),
      )
      .describe('In the order of cause and effect'),
  })
  .register(bodies, { id: 'Timeline' });

export const showTimeline: Operation = {
  method: 'GET',
  path: '/v1/admin/orders/:order/timeline',
  id: 'showOrderTimeline',
  tag: 'organizers',
  summary: 'Explain an order: everything that happened to it, in plain words',
  auth: ['audit:read'],
  answers: [{ status: 200, description: 'The timeline. It names no person.', schema: timeline }],
  refusals: ['order_unknown'],
};
