import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A COPY that could not be sent is over, and its transaction can be rolled back.',
  file: 'src/persistence/session.ts',
  find: '      copy.handleError(error instanceof Error ? error : new Error(String(error)));',
  replace: '      throw error;',
  caughtBy: ['src/persistence/session.pg.test.ts'],
  named: 'cannot be sent',
});
