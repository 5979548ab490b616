import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'No entry is trimmed before Postgres has it.',
  file: 'src/features/journal/trim.ts',
  find: 'let young = entry;',
  replace: 'let young = Number.MAX_SAFE_INTEGER;',
  caughtBy: ['src/workers/workers.pg.test.ts'],
});
