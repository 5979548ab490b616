import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Nobody checks out the hold of somebody else.',
  file: 'src/features/orders/checkout.ts',
  find: 'const named = { event: who.event.event, hold, buyer: who.buyer };',
  replace: 'const named = { event: who.event.event, hold } as never;',
  caughtBy: ['test/e2e/checkout.test.ts'],
  named: 'of somebody else',
});
