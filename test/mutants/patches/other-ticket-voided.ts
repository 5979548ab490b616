import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A give-back that names its tickets voids no others.',
  file: 'src/persistence/queries/journal-orders.ts',
  find: 'coalesce(sum(quantity) filter (where not named), 0)',
  replace: 'coalesce(sum(quantity), 0)',
  caughtBy: ['src/features/journal/void-named.pg.test.ts'],
});
