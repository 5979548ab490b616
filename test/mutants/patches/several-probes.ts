import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'While one call tries a provider that was down, nobody else is sent.',
  file: 'src/payments/stripe/breaker.ts',
  find: 'Date.now() - openedAt >= restMs && !turn',
  replace: 'Date.now() - openedAt >= restMs',
  caughtBy: ['src/payments/stripe.test.ts'],
  named: 'while one is tried',
});
