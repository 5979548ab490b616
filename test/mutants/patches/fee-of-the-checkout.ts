import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A change of fees never touches a live hold.',
  file: 'src/features/orders/price.ts',
  find: 'feeRuleAt(tx, event.event, hold.heldAt)',
  replace: 'feeRuleAt(tx, event.event, now)',
  caughtBy: ['test/e2e/selling.test.ts'],
  named: 'count from when they were set',
});
