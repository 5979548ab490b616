import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A refund is asked for under one key, however many ask.',
  file: 'src/features/refunds/carry-out.ts',
  find: `      key: \`refund:\${refund.refund}\`,
`,
  replace: `      key: \`refund:\${refund.refund}:\${ctx.ids.uuid()}\`,
`,
  caughtBy: ['test/e2e/refunds.test.ts'],
  named: 'carried out by five at once',
});
