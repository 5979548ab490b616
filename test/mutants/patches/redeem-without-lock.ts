import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A ticket is redeemed once, however many scans come at the same time.',
  file: 'src/persistence/queries/tickets.ts',
  find: ".forUpdate('t')",
  replace: '',
  caughtBy: ['test/e2e/checkins.test.ts'],
  named: 'waits for whoever has the row',
});
