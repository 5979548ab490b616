import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A price step is carried out once, also by the worker after the one that died.',
  file: 'src/features/price-steps/carry-out.ts',
  find: "'price step', step.id)",
  replace: "'price step', step.id, String(ctx.now()))",
  caughtBy: ['test/e2e/selling.test.ts'],
  named: 'a worker that died',
});
