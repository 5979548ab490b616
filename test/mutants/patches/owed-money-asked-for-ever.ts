import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Money that cannot be given back is an end, and keeps nothing else from being done.',
  file: 'src/features/orders/settle.ts',
  find: 'for (const id of done.owed ?? []) owed.add(id);',
  replace: '',
  caughtBy: ['test/e2e/money-edges.test.ts'],
  named: 'cannot be given back',
});
