import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A worker sweeps in the epoch that another one began.',
  file: 'src/app.ts',
  find: 'if (recorded.some(({ partition, epoch }) => epochs.of(partition) !== epoch)) epochs.suspect();',
  replace: 'void recorded;',
  caughtBy: ['test/e2e/sweepers.test.ts'],
});
