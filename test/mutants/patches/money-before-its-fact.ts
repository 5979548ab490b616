import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Money moves only after Postgres has the fact that decides it.',
  file: 'src/features/orders/settle.ts',
  find: '    return { status: \'set_aside\' };\n  }\n  return inRecords(ctx, order, payments, outcome.version);',
  replace: '    return { status: \'set_aside\' };\n  }\n  if (payment.state === \'authorised\') return capture(ctx, order, payments, payment);\n  return inRecords(ctx, order, payments, outcome.version);',
  caughtBy: ['test/e2e/settling-alone.test.ts'],
});
