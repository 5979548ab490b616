/** What an operator decides about an order, with an API key. */
import { acceptPaymentInput } from '../../features/orders/accept-payment.ts';
import * as is from './bodies-payments.ts';
import { inputs } from './inputs.ts';
import type { Operation } from './operation.ts';

export const acceptPayment: Operation = {
  method: 'POST',
  path: '/v1/admin/orders/:order/accept-payment',
  id: 'acceptPayment',
  tag: 'organizers',
  summary: 'Let a payment that was set aside have its tickets',
  description:
    'For money that does not fit its order or came after its hold. Nothing is oversold by it: where the tickets are gone, the money goes back. The warnings say what was accepted.',
  auth: ['orders:write'],
  idempotent: 'remembered',
  body: inputs.acceptPayment(acceptPaymentInput),
  answers: [
    {
      status: 200,
      description: 'Accepted; what became of the order.',
      schema: is.paymentAccepted,
      maybe: ['idempotency-replayed'],
    },
  ],
  refusals: [
    'order_not_pending',
    'payment_failed',
    'payments_unavailable',
    'inventory_unavailable',
    'outcome_unknown',
  ],
};

export const orderDecisionOperations: Operation[] = [acceptPayment];
