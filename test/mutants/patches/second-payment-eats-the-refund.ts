import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'What a second payment gave back is not taken off what the first one can give.',
  file: 'src/persistence/queries/refunds.ts',
  find: 'sql`(r.payment_intent is null or',
  replace: 'sql`(true or r.payment_intent is null or',
  caughtBy: ['test/e2e/settling-alone.test.ts'],
  named: 'not taken off the refund',
});
