import { mutant } from '../mutant.ts';

export default mutant({
  breaks:
    'A server has so many checkouts under way at a time; whoever waits too long in front is told to come again.',
  file: 'src/features/orders/door.ts',
  find: 'createGate(limits.checkout.door)',
  replace: 'createGate({ ...limits.checkout.door, runningMax: 1_000 })',
  caughtBy: ['test/e2e/checkout-crowd.test.ts'],
  named: 'who waits too long',
});
