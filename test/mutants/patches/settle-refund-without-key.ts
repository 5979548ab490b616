import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A refund that is asked for twice at once is one refund.',
  file: 'src/features/payments/move-money.ts',
  find: 'order: order.order, amount, key }, isFirst);',
  replace: 'order: order.order, amount, key: key + Math.random() }, true);',
  caughtBy: ['test/e2e/arrivals.test.ts'],
});
