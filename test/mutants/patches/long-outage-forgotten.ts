import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The list of the provider is read from the stored place on, however long nobody has read.',
  file: 'src/features/payments/poll.ts',
  find: 'begunAt - keptMs)',
  replace: 'begunAt - firstReachMs)',
  caughtBy: ['test/e2e/money-edges.test.ts'],
  named: 'nobody read for days',
});
