/** Incidents: open, and waiting for a person. */
import { openIncidents } from '../../../persistence/queries/integrity-money.ts';
import { type Check, rowsOf } from '../finding.ts';

export const incidents: Check = {
  name: 'incidents_open',
  async *find(ctx, scope) {
    for await (const { id, kind, severity, event, order, ticket } of rowsOf(
      ctx,
      scope,
      openIncidents,
      (row) => row.id,
    )) {
      scope.looked(1);
      yield {
        subject: id,
        event,
        order,
        ticket,
        units: 1,
        cause: `an incident is open: ${kind}`,
        repair: 'a person decides and resolves it',
        detail: { kind, severity },
      };
    }
  },
};
