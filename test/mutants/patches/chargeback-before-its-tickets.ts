import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A chargeback is not done with before the tickets that it suspends are there.',
  file: 'src/features/payments/settle-event.ts',
  find: "if (again && status !== 'waiting')",
  replace: 'if (again)',
  caughtBy: ['test/e2e/settling-alone.test.ts'],
  named: 'a chargeback that is told before',
});
