/** Duplicate tickets: more of them are alive in a line of an order than were bought. */
import { surplusTickets } from '../../../persistence/queries/integrity.ts';
import { type Check, rowsOf } from '../finding.ts';

export const duplicateTickets: Check = {
  name: 'duplicate_tickets',
  async *find(ctx, scope) {
    for await (const { event, order, item, bought, tickets } of rowsOf(
      ctx,
      scope,
      surplusTickets,
      (row) => row.item,
    )) {
      scope.looked(1);
      yield {
        subject: item,
        event,
        order,
        units: tickets - bought,
        cause: 'tickets were added past the journal: it issues each place of a line once',
        repair: 'a person says which ticket is void',
        detail: { bought, tickets },
      };
    }
  },
};
