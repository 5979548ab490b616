import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold is given back only after its payment was closed at the provider.',
  file: 'src/features/payments/judge.ts',
  find: 'return over ? { do: \'close\', payments: open } : { do: \'wait\', for: \'payment\' };',
  replace: 'return over ? { do: \'release\' } : { do: \'wait\', for: \'payment\' };',
  caughtBy: ['test/e2e/settling-alone.test.ts'],
});
