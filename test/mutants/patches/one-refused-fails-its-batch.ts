import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Of what goes together in one transaction, one that Postgres refuses fails no other.',
  file: 'src/features/batched.ts',
  find: 'if (asked.length === 1 || isFault(error)) for',
  replace: 'if (asked.length > 0 || isFault(error)) for',
  caughtBy: ['src/features/batched.test.ts'],
});
