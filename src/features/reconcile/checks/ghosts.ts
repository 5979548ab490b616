/**
 * Ghosts: units that count as held and that no live hold owns. Where Redis decides, they are looked for there, twice: a hold
 * that falls due at this moment is ended a moment later, and is none. Overdue by 5 s in the records as well means that nothing ends it.
 */
import { inTransaction, type Tx } from '../../../persistence/database.ts';
import { accounts, expireInRecords, type Walk } from '../../../persistence/queries/integrity.ts';
import { type Check, type ReconcileCtx, type Repaired, rowsOf } from '../finding.ts';
import { auditTwice } from '../stable.ts';

/** Twenty sweeps. */
const overdueSeconds = 5;
/** 50 holds a round. */
const roundsMax = 2_000;

export const ghosts: Check = {
  name: 'ghosts',
  async *find(ctx, scope) {
    const query = (tx: Tx, walk: Walk) => accounts(tx, walk, overdueSeconds);
    for await (const tier of rowsOf(ctx, scope, query, ({ line }) => line)) {
      scope.looked(1);
      const { event, line, authority } = tier;
      if (tier.overdueUnits === 0 && tier.reserved === tier.heldUnits) continue;
      const about = { subject: line, event, tier: line };
      if (tier.reserved !== tier.heldUnits) {
        yield {
          ...about,
          subject: `${line} counted`,
          units: Math.abs(tier.reserved - tier.heldUnits),
          cause:
            'the counter of the records is not the sum of their live holds: one of them was written past the journal',
          repair:
            'holdfast verify EVENT says what the ledger has; the counter is put right from there by a person',
          detail: { reserved: tier.reserved, held: tier.heldUnits },
        };
      }
      if (tier.overdueUnits === 0) continue;
      if (authority === 'postgres') {
        yield {
          ...about,
          units: tier.overdueUnits,
          cause: 'holds past their deadline were not ended: nothing ran cleanup_expired_ticket_holds',
          repair: 'ended by cleanup_expired_ticket_holds',
          fix: () => expire(ctx),
        };
        continue;
      }
      const audited = await auditTwice(ctx, event);
      const due = audited?.ghostsOf(line) ?? 0;
      if (due === 0) continue;
      yield {
        ...about,
        units: Math.min(due, tier.overdueUnits),
        cause: 'holds past their deadline were not ended: no sweeper runs, and nobody reserved since',
        repair: 'ended by reclaim',
        fix: () => reclaim(ctx, event),
      };
    }
  },
};

async function reclaim({ inventory }: ReconcileCtx, event: string): Promise<Repaired> {
  for (let round = 0; round < roundsMax; round++) {
    const outcome = await inventory.reclaim({ event: event as never });
    if (outcome.status !== 'reclaimed') return 'failed';
    if (!outcome.more) return 'repaired';
  }
  return 'failed';
}

async function expire({ db }: ReconcileCtx): Promise<Repaired> {
  for (let round = 0; round < roundsMax; round++) {
    if (!(await inTransaction(db, { role: 'worker' }, expireInRecords))) return 'repaired';
  }
  return 'failed';
}
