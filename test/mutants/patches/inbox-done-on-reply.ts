import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'An event is done only when its order is out of pending in Postgres.',
  file: 'src/persistence/queries/provider-events.ts',
  find: 'case when outcome is null then null else now() end',
  replace: 'now()',
  caughtBy: ['test/e2e/settling.test.ts'],
});
