import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'What a second payment gave back is not taken off what the first one can give.',
  file: 'src/persistence/queries/refunds.ts',
  find: "and r.status in ('requested', 'done') and ${ofOwnPayment}`",
  replace: "and r.status in ('requested', 'done')`",
  caughtBy: ['test/e2e/settling-alone.test.ts'],
  named: 'not taken off the refund',
});
