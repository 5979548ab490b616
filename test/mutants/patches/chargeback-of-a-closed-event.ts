import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A chargeback gives nothing back to an event that keeps no stock any more, and ends.',
  file: 'src/features/disputes/settle.ts',
  find: "const hasStock = !retired && authority === 'redis' && order.buyer !== null;",
  replace: "const hasStock = !(retired && authority === 'postgres');",
  caughtBy: ['test/e2e/called-off.test.ts'],
  named: 'closed for good',
});
