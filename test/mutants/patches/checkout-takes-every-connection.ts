import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Checkouts that are under way leave connections for whoever else needs one.',
  file: 'src/features/orders/door.ts',
  find: 'db: lineOf(db)',
  replace: 'db: lineOf(db) && db',
  caughtBy: ['test/e2e/checkout-crowd.test.ts'],
  named: 'leave connections for others',
});
