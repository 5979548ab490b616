import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold that expires before its order is pinned leaves no order that waits for money.',
  file: 'src/features/orders/begin-payment.ts',
  find: 'endUnpinnedOrders(tx, { order: order.order })',
  replace: 'orderById(tx, order.order)',
  caughtBy: ['test/e2e/checkout.test.ts'],
  named: 'after its order was written',
});
