/** The account's balance: one line per movement of money. Their sum per currency is what the account holds. */
import { newId } from './ids.ts';
import type { Balance, World } from './world.ts';

export type Movement = {
  type: 'charge' | 'refund' | 'refund_failure' | 'adjustment';
  /** Signed. No fees are taken here. */
  amount: number;
  currency: string;
  source: string;
  description: string | null;
};

export function bookMovement(world: World, movement: Movement): Balance {
  const categories = {
    adjustment: 'dispute',
    charge: 'charge',
    refund: 'refund',
    refund_failure: 'refund_failure',
  };
  return world.balance.put({
    id: newId.balance(),
    object: 'balance_transaction',
    amount: movement.amount,
    available_on: world.seconds(),
    balance_type: 'payments',
    created: world.seconds(),
    currency: movement.currency,
    description: movement.description,
    exchange_rate: null,
    fee: 0,
    fee_details: [],
    net: movement.amount,
    reporting_category: categories[movement.type],
    source: movement.source,
    status: 'available',
    type: movement.type,
  });
}
