import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The provider forgets keys: its list is read before it is asked again.',
  file: 'src/features/refunds/carry-out.ts',
  find: `  if (refund.askedAt !== null) {
`,
  replace: `  if (refund.askedAt === 0) {
`,
  caughtBy: ['test/e2e/refunds.test.ts'],
  named: 'when its key is forgotten',
});
