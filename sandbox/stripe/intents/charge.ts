/** What a charge looks like when it is new. */
import { newId } from '../core/ids.ts';
import type { Charge, Intent, Method, World } from '../core/world.ts';

export type Outcome =
  | { status: 'succeeded'; captured: boolean }
  | { status: 'pending' }
  | { status: 'failed'; code: string; message: string };

export function makeCharge(world: World, intent: Intent, method: Method, outcome: Outcome): Charge {
  const captured = outcome.status === 'succeeded' && outcome.captured;
  const charge: Charge = {
    id: newId.charge(),
    object: 'charge',
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { ...method.billing_details },
    calculated_statement_descriptor: intent.statement_descriptor,
    // Stripe says so of every charge that is not waiting to be captured.
    captured: outcome.status === 'succeeded' ? captured : outcome.status === 'pending',
    created: world.seconds(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: outcome.status === 'failed' ? outcome.code : null,
    failure_message: outcome.status === 'failed' ? outcome.message : null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: null,
    paid: outcome.status === 'succeeded',
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: detailsOf(method, intent.amount),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: outcome.status,
    transfer_data: null,
    transfer_group: null,
  };
  intent.latest_charge = charge.id;
  return world.charges.put(charge);
}

function detailsOf(method: Method, amount: number): Charge['payment_method_details'] {
  const { card, sepa_debit } = method;
  if (card !== undefined) {
    return {
      type: 'card',
      card: {
        amount_authorized: amount,
        authorization_code: null,
        brand: card.brand,
        checks: null,
        country: card.country,
        electronic_commerce_indicator: null,
        exp_month: card.exp_month,
        exp_year: card.exp_year,
        funding: card.funding,
        installments: null,
        last4: card.last4,
        mandate: null,
        network: card.brand,
        network_transaction_id: null,
        regulated_status: card.regulated_status,
        three_d_secure: null,
        transaction_link_id: null,
        wallet: null,
      },
    };
  }
  return {
    type: 'sepa_debit',
    sepa_debit: {
      bank_code: sepa_debit?.bank_code ?? null,
      branch_code: null,
      country: sepa_debit?.country ?? null,
      fingerprint: null,
      last4: sepa_debit?.last4 ?? null,
      mandate: null,
    },
  };
}
