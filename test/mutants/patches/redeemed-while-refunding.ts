import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A refund is decided under the locks of its tickets: a door that opens meanwhile is seen.',
  file: 'src/features/refunds/request.ts',
  find: `  await lockTickets(tx, id);
  const { retired, authority } = await eventStanding(tx, order.event);
  const books = { order, tickets: await ticketsOf(tx, id), promised: await promisedOf(tx, id), retired };
`,
  replace: `  const { retired, authority } = await eventStanding(tx, order.event);
  const books = { order, tickets: await ticketsOf(tx, id), promised: await promisedOf(tx, id), retired };
  await new Promise((resolve) => setTimeout(resolve, 20));
  await lockTickets(tx, id);
`,
  caughtBy: ['test/e2e/called-off.test.ts'],
  named: 'refund and redeem in the same moment',
});
