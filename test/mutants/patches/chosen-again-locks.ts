import { mutant } from '../mutant.ts';

export default mutant({
  breaks:
    'Orders that are written down together never wait for the journal where nothing changes: it may wait for them.',
  file: 'src/persistence/queries/payments.ts',
  find: 'and (o.stripe_payment_intent_id is null\n',
  replace: 'and (true or o.stripe_payment_intent_id is null\n',
  caughtBy: ['test/e2e/checkout-crowd.test.ts'],
  named: 'keeps no batch waiting',
});
