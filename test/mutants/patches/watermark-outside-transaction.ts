import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Facts and watermark are committed together or not at all.',
  file: 'src/features/journal/apply.ts',
  find: `  await moveWatermark(tx, watermark, entry);
`,
  replace: `  setImmediate(() => {
    const moving = inTransaction(ctx.db, { role: 'worker' }, (own) => moveWatermark(own, watermark, entry));
    moving.catch(() => undefined);
  });
`,
  caughtBy: ['src/features/journal/apply.pg.test.ts'],
  named: 'connection dies',
});
