import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Money goes back only after Postgres has the fact that its order got no tickets.',
  file: 'src/features/orders/settle.ts',
  find: `    return { status: 'set_aside' };
  }
  return inRecords(ctx, order, payments, outcome.version);`,
  replace: `    return { status: 'set_aside' };
  }
  if (outcome.status === 'unfulfilled' && intent !== null) {
    const { order: named, order: refund } = order;
    const key = 'refund:' + named;
    await ctx.payments.refund({ intent, refund: refund as never, order: named, amount: payment.asked, key });
  }
  return inRecords(ctx, order, payments, outcome.version);`,
  caughtBy: ['test/e2e/settling-alone.test.ts'],
  named: 'no money moves before',
});
