import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold id begins over two hours after its end, no sooner.',
  file: 'src/persistence/queries/journal-holds.ts',
  find: ` and h.ended_at < excluded.held_at - interval '2 hours'`,
  replace: '',
  caughtBy: ['src/persistence/journal-holds.pg.test.ts', 'src/features/journal/apply-lives.pg.test.ts'],
});
