import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Of payments that were told together, one whose look failed is looked at again.',
  file: 'src/features/payments/settle-events.ts',
  find: "return end === 'settled' ?",
  replace: "return end !== 'order_unknown' ?",
  caughtBy: ['test/e2e/settling-together.test.ts'],
  named: 'one that fails and one that hangs',
});
