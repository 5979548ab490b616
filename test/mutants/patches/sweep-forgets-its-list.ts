import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Due holds are ended while Postgres is away.',
  file: 'src/workers/expire-holds.ts',
  find: '        ctx.observe?.unlisted?.(error);',
  replace: `        open = [];
        ctx.observe?.unlisted?.(error);`,
  caughtBy: ['src/workers/expire-holds.pg.test.ts'],
});
