import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Facts and watermark are committed together or not at all.',
  file: 'src/features/journal/apply.ts',
  find: `  await together([done.length > 0 && moveProjected(tx, done), moveWatermark(tx, watermark, entry)]);
`,
  replace: `  if (done.length > 0) await moveProjected(tx, done);
  setImmediate(() => {
    const moving = inTransaction(ctx.db, { role: 'worker' }, (own) => moveWatermark(own, watermark, entry));
    moving.catch(() => undefined);
  });
`,
  caughtBy: ['src/features/journal/apply.pg.test.ts'],
  named: 'connection dies',
});
