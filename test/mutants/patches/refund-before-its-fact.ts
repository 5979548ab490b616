import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Money goes back only after Postgres has the fact that its order got no tickets.',
  file: 'src/features/orders/settle.ts',
  find: "    return { status: 'set_aside' };\n  }\n  return inRecords(ctx, order, payments, outcome.version);",
  replace:
    "    return { status: 'set_aside' };\n  }\n  if (outcome.status === 'unfulfilled' && intent !== null) {\n    const { order: named, order: refund } = order;\n    const amount = payment.asked;\n    await ctx.payments.refund({ intent, refund: refund as never, order: named, amount, key: `refund:${named}` });\n  }\n  return inRecords(ctx, order, payments, outcome.version);",
  caughtBy: ['test/e2e/settling-alone.test.ts'],
  named: 'no money moves before',
});
