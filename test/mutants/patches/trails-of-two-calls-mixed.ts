import { mutant } from '../mutant.ts';

export default mutant({
  breaks:
    'What may have been done by one call of the provider does not pass for not done because another one runs.',
  file: 'src/payments/stripe/client.ts',
  find: 'idle.pop() ?? createClient(options, agent);',
  replace: '(idle[0] ??= createClient(options, agent));',
  caughtBy: ['src/payments/stripe/client.test.ts'],
  named: 'of two calls at once',
});
