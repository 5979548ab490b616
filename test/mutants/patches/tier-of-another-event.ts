import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold row begins only when its tier is one of its event.',
  file: 'src/persistence/queries/journal-holds.ts',
  find: 'if (!(await tiersAreOfTheirEvents(tx, births))) return false;',
  replace: 'await tiersAreOfTheirEvents(tx, births);',
  caughtBy: ['src/persistence/journal-holds.pg.test.ts'],
  named: 'begin only when their tier is one of their event',
});
