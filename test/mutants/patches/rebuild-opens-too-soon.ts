import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The scripts are loaded last: until then the partition stays fenced.',
  file: 'src/features/rebuild/rebuild.ts',
  find: `  const heads = events.length > 0 ? await readEventHeads(tx, events) : [];
  const now`,
  replace: `  await loadScripts(ctx.redis, partition, epoch, timeSourceOf(ctx));
  const heads = events.length > 0 ? await readEventHeads(tx, events) : [];
  const now`,
  caughtBy: ['src/features/rebuild/rebuild.redis.test.ts'],
});
