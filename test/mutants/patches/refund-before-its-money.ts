import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Units are on sale again only once the provider has said yes.',
  file: 'src/features/refunds/carry-out.ts',
  find: `    case 'pending': {
`,
  replace: `    case 'pending': {
      await finish(ctx, refund);
`,
  caughtBy: ['test/e2e/refunds.test.ts'],
  named: 'pending holds the tickets',
});
