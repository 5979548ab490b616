/** All the sandbox holds, in one piece, to be compared with somebody else's books. */
import type { Balance, Charge, Dispute, EventRecord, Intent, Refund, Session, World } from './core/world.ts';
import type { FaultCounts } from './hostile/hostility.ts';
import type { Delivery } from './webhooks/deliver.ts';

/** Per currency, in its smallest unit. `net` is captured minus refunded minus disputed: what the account holds. */
export type Totals = { captured: number; refunded: number; disputed: number; net: number };

export type Ledger = {
  sessions: readonly Session[];
  intents: readonly Intent[];
  charges: readonly Charge[];
  refunds: readonly Refund[];
  disputes: readonly Dispute[];
  balance: readonly Balance[];
  events: readonly EventRecord[];
  deliveries: readonly Delivery[];
  totals: Record<string, Totals>;
  counts: FaultCounts;
};

/** A copy: what happens later does not change it. Events and balance lines are copied by their surface, since what they say never changes. */
export function ledgerOf(world: World, deliveries: readonly Delivery[], counts: FaultCounts): Ledger {
  return {
    sessions: structuredClone(world.sessions.all()),
    intents: structuredClone(world.intents.all()),
    charges: structuredClone(world.charges.all()),
    refunds: structuredClone(world.refunds.all()),
    disputes: structuredClone(world.disputes.all()),
    balance: [...world.balance.all()],
    events: world.events.all().map((event) => ({ ...event })),
    deliveries: deliveries.map((delivery) => ({ ...delivery, attempts: [...delivery.attempts] })),
    totals: totalsOf(world),
    counts: { ...counts },
  };
}

export function totalsOf(world: World): Record<string, Totals> {
  const totals: Record<string, Totals> = {};
  const of = (currency: string) => (totals[currency] ??= { captured: 0, refunded: 0, disputed: 0, net: 0 });
  for (const charge of world.charges.all()) of(charge.currency).captured += charge.amount_captured;
  for (const refund of world.refunds.all()) {
    // A pending refund has left the account already; a failed one has come back.
    if (refund.status === 'succeeded' || refund.status === 'pending')
      of(refund.currency).refunded += refund.amount;
  }
  for (const dispute of world.disputes.all()) {
    if (dispute.status !== 'won') of(dispute.currency).disputed += dispute.amount;
  }
  for (const each of Object.values(totals)) each.net = each.captured - each.refunded - each.disputed;
  return totals;
}
