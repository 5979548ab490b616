import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Whoever pays for an event that was called off has the money back, however late it was paid.',
  file: 'src/features/orders/settle-records.ts',
  find: "settled.filter(({ orderStatus }) => orderStatus === 'paid')",
  replace: "settled.filter(({ orderStatus }) => orderStatus === 'pending')",
  caughtBy: ['test/e2e/called-off.test.ts'],
  named: 'also refunds who pays after',
});
