import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'An entry is applied only when it is the very next one.',
  file: 'src/features/journal/read-batch.ts',
  find: 'if (positionOf(raw[0]).entry !== expected) {',
  replace: 'if (positionOf(raw[0]).entry < expected) {',
  caughtBy: ['src/features/journal/apply-refused.pg.test.ts'],
  named: 'a hole',
});
