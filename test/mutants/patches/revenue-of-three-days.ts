import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Where the books were not compared for longer than three days, all of that time is compared.',
  file: 'src/features/reconcile/checks/revenue.ts',
  find: 'return Math.min(otherwise, (last?.getTime() ?? otherwise) - unsettledMs);',
  replace: 'return Math.max(otherwise, (last?.getTime() ?? otherwise) - unsettledMs);',
  caughtBy: ['src/features/reconcile/money.pg.test.ts'],
  named: 'where no run came to its end',
});
