import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Whoever pays for an event that was called off has the money back, however late it was paid.',
  file: 'src/features/orders/settle.ts',
  find: "if (order.status === 'paid' && (await cancellationOf(tx, order.event)))",
  replace: "if (order.status === 'pending' && (await cancellationOf(tx, order.event)))",
  caughtBy: ['test/e2e/called-off.test.ts'],
  named: 'also refunds who pays after',
});
