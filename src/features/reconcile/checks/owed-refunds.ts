/** Money that bought nothing, that the provider would not give back, and of which nobody has said that it went back. */
import { failedRefunds } from '../../../persistence/queries/integrity-money.ts';
import { type Check, rowsOf } from '../finding.ts';

export const owedRefunds: Check = {
  name: 'refunds_owed',
  async *find(ctx, scope) {
    for await (const { refund, order, event, owed, currency, why } of rowsOf(
      ctx,
      scope,
      failedRefunds,
      (row) => row.refund,
    )) {
      scope.looked(1);
      yield {
        subject: refund,
        event,
        order,
        units: owed,
        cause: `the provider could not give the money of a payment back that bought nothing: ${why}`,
        repair:
          'a person gives it back in another way, or again at the provider, and resolves the incident refund_failed of the order',
        detail: { currency },
      };
    }
  },
};
