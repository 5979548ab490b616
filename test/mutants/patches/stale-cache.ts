import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A kept ticket that was given back is shown as void.',
  file: 'src/features/tickets/kept.ts',
  find: 'return answer.tickets.length > 0 ? ',
  replace: 'return answer.tickets.length > 1 ? ',
  caughtBy: ['test/e2e/tickets-records-down.test.ts'],
  named: 'void to everybody',
});
