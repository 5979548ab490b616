import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A batch read ahead that found nothing is not taken for what is there by now.',
  file: 'src/features/journal/read-batch.ts',
  find: 'if (batch.entry > from.entry) return batch;',
  replace: 'return batch;',
  caughtBy: ['src/features/journal/apply.pg.test.ts'],
  named: 'read again when it was empty',
});
