/** Ledger: every fact of an event through the rules, and its hashes. All events, once a month. */
import { eventsToCheck } from '../../../persistence/queries/integrity.ts';
import { type Check, rowsOf } from '../finding.ts';
import { inLedger } from './drift.ts';

export const ledger: Check = {
  name: 'ledger',
  async *find(ctx, scope) {
    for await (const { event } of rowsOf(ctx, scope, eventsToCheck, (row) => row.event)) {
      scope.looked(1);
      yield* inLedger(ctx, event);
    }
  },
};
