import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A payment that is off by a cent completes nothing.',
  file: 'src/features/payments/judge.ts',
  find: "if (asked.amount !== order.total || (state === 'paid' && received !== order.total))",
  replace: "if (state === 'paid' && received === 0)",
  caughtBy: ['test/e2e/settling.test.ts'],
});
