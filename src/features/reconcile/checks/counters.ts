/** Counters: what a tier or pool says it issued beside its tickets, more promised than there is, and numbers below zero. */
import { type Account, accounts, poolAccounts } from '../../../persistence/queries/integrity.ts';
import { type Check, type Finding, type ReconcileCtx, rowsOf, type Scope } from '../finding.ts';

async function* everyAccount(ctx: ReconcileCtx, scope: Scope): AsyncIterable<Account> {
  const tiers: typeof poolAccounts = (tx, walk) => accounts(tx, walk, 0);
  for (const query of [tiers, poolAccounts]) {
    for await (const account of rowsOf(ctx, scope, query, ({ line }) => line)) {
      scope.looked(1);
      yield account;
    }
  }
}

const about = ({ event, line, kind }: Account): Pick<Finding, 'subject' | 'event' | 'tier'> => ({
  subject: line,
  event,
  tier: kind === 'tier' ? line : null,
});

export const issued: Check = {
  name: 'issued',
  async *find(ctx, scope) {
    for await (const account of everyAccount(ctx, scope)) {
      if (account.issued === account.ticketUnits) continue;
      yield {
        ...about(account),
        units: Math.abs(account.issued - account.ticketUnits),
        cause:
          'the counter of issued tickets is not the number of tickets: one of them was written past the journal',
        repair: 'holdfast verify EVENT says which of the two the ledger has; a person puts the other right',
        detail: { issued: account.issued, tickets: account.ticketUnits },
      };
    }
  },
};

export const oversold: Check = {
  name: 'oversold',
  async *find(ctx, scope) {
    for await (const account of everyAccount(ctx, scope)) {
      const { quantity, heldUnits, ticketUnits, withheld } = account;
      const promised = heldUnits + ticketUnits + withheld;
      if (promised <= quantity) continue;
      yield {
        ...about(account),
        units: promised - quantity,
        cause:
          'more is promised than there is: tickets, live holds and what is withheld are above the capacity',
        repair: 'somebody is moved or refunded, and a person says who; the capacity is not raised to hide it',
        detail: { quantity, held: heldUnits, tickets: ticketUnits, withheld },
      };
    }
  },
};

export const negative: Check = {
  name: 'negative',
  async *find(ctx, scope) {
    for await (const account of everyAccount(ctx, scope)) {
      const { quantity, reserved, issued, withheld } = account;
      const available = quantity - reserved - issued - withheld;
      const lowest = Math.min(reserved, issued, withheld, available);
      if (lowest >= 0) continue;
      yield {
        ...about(account),
        units: -lowest,
        cause: 'a counter of the records is below zero: its constraints were off when it was written',
        repair: 'holdfast verify EVENT says what the ledger has; a person puts the counter right',
        detail: { quantity, reserved, issued, withheld, available },
      };
    }
  },
};
