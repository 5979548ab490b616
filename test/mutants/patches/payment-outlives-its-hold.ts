import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold outlives the deadline of its payment.',
  file: 'src/features/orders/begin-payment.ts',
  find: 'order.expiresAt! + pinGraceMs',
  replace: 'order.expiresAt!',
  caughtBy: ['test/e2e/checkout.test.ts'],
  named: 'is an order with its price in lines',
});
