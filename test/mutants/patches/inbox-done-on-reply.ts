import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'An event is done only when its order is out of pending in Postgres.',
  file: 'src/persistence/queries/provider-events.ts',
  find: 'settled_at: outcome === undefined ? null : sql<Date>`now()`,',
  replace: 'settled_at: sql<Date>`now()`,',
  caughtBy: ['test/e2e/settling.test.ts'],
});
