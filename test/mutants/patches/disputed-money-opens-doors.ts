import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Tickets of money that a bank disputes come into being suspended.',
  file: 'src/features/journal/project.ts',
  find: 'for (const { order, dispute } of await disputesOf(tx, orders)) await suspendTickets(tx, dispute, order);',
  replace: 'await disputesOf(tx, orders);',
  caughtBy: ['test/e2e/money-edges.test.ts'],
  named: 'that a bank disputes',
});
