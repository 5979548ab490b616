import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Whoever gives money back asks under the row lock whether its order is decided.',
  file: 'src/features/payments/move-money.ts',
  find: '    if (!decided) throw new Error(',
  replace: '    if (!decided) ctx.log.warn({},',
  caughtBy: ['test/e2e/settling-alone.test.ts'],
  named: 'is not decided',
});
