import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'An event is done only when its order is out of pending in Postgres.',
  file: 'src/features/payments/receive-event.ts',
  find: 'ours ? undefined : \'livemode_differs\'',
  replace: 'ours ? \'received\' : \'livemode_differs\'',
  caughtBy: ['test/e2e/settling.test.ts'],
});
