/** What other services send here. */
import * as is from './bodies-payments.ts';
import type { Operation } from './operation.ts';

export const stripeWebhook: Operation = {
  method: 'POST',
  path: '/v1/webhooks/stripe',
  id: 'stripeWebhook',
  tag: 'operations',
  summary: 'For the payment provider: tell that something happened',
  description:
    'The body is signed in `Stripe-Signature`, over its very bytes and at most 5 minutes ago. 200 says that the event is stored, now or before; anything else asks for it to be sent again.',
  auth: 'nobody',
  answers: [
    {
      status: 200,
      description: 'Stored, known, or of the other mode (test or live) and ignored.',
      schema: is.webhookReceived,
    },
  ],
  refusals: [
    'webhook_signature_invalid',
    'body_not_json',
    'body_too_large',
    'records_unavailable',
    'outcome_unknown',
  ],
  limited: false,
};

export const webhookOperations: Operation[] = [stripeWebhook];
