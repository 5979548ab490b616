import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Who asks how an order stands is answered by a look that began afterwards.',
  file: 'src/features/orders/paced.ts',
  find: 'if (waitMs <= 0 && pace.next === undefined) return look(pace, run);',
  replace: 'if (waitMs > 0) return;\n  if (pace.next === undefined) return look(pace, run);',
  caughtBy: ['test/e2e/money-edges.test.ts'],
  named: 'asked once a second',
});
