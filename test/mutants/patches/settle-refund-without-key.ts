import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A give-back that is asked for twice at once has one name and one key, and is one refund.',
  file: 'src/features/payments/move-money.ts',
  find: '{ intent, refund, order: order.order, amount, key }, isFirst);',
  replace:
    '{ intent, refund: crypto.randomUUID() as RefundId, order: order.order, amount, key: key + Math.random() }, true);',
  caughtBy: ['test/e2e/arrivals.test.ts'],
});
