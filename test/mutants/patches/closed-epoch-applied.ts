import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Nothing is applied while the rebuild of the epoch is not done.',
  file: 'src/features/journal/apply.ts',
  find: `    if (!watermark.opened) return { end: 'closed' as const };
`,
  replace: '',
  caughtBy: ['src/features/journal/apply-refused.pg.test.ts'],
  named: 'not open',
});
