import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The sum of all refunds stays within what was paid.',
  file: 'src/features/refunds/decide.ts',
  find: `  const left = paidFor(order) - promised;
`,
  replace: `  const left = paidFor(order) - Math.min(promised, 0);
`,
  caughtBy: ['test/e2e/refunds.test.ts'],
  named: 'amounts that only fit one by one',
});
