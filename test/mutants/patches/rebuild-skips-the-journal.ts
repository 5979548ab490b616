import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'What survived of the journal is applied before Redis is written anew.',
  file: 'src/features/rebuild/rebuild.ts',
  find: `  await drainJournal({ db: ctx.db, redis: ctx.redis }, tx, watermark);
`,
  replace: '',
  caughtBy: ['src/features/rebuild/rebuild.redis.test.ts'],
});
