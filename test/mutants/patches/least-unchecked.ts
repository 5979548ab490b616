import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A total below the least of the provider is refused before anything is written.',
  file: 'src/features/orders/checkout.ts',
  find: 'if (total >= minimum) return undefined;',
  replace: 'if (total >= 0) return undefined;',
  caughtBy: ['test/e2e/money-edges.test.ts'],
  named: 'less than its least',
});
