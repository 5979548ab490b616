/** Disputes: a buyer's bank takes the money back, and the account may get it again. */
import { bookMovement } from '../core/balance.ts';
import { refused } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Charge, Dispute, World } from '../core/world.ts';

const answerSeconds = 7 * 24 * 60 * 60;

/** `amount`: all that the charge still has, when it is not given. */
export function openDispute(
  world: World,
  charge: Charge,
  given: { reason?: string; amount?: number },
): Dispute {
  if (!charge.captured || charge.disputed) throw refused(`Charge ${charge.id} cannot be disputed.`);
  const amount = given.amount ?? charge.amount_captured;
  const dispute: Dispute = {
    id: newId.dispute(),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: world.seconds(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence,
    evidence_details: {
      due_by: world.seconds() + answerSeconds,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: given.reason ?? 'fraudulent',
    status: 'needs_response',
  };
  charge.disputed = true;
  world.charges.put(charge);
  world.disputes.put(dispute);
  world.emit('charge.dispute.created', dispute);
  moveMoney(world, dispute, -amount);
  world.emit('charge.dispute.funds_withdrawn', dispute);
  return dispute;
}

export function closeDispute(world: World, dispute: Dispute, ends: 'won' | 'lost'): Dispute {
  if (dispute.status === 'won' || dispute.status === 'lost') {
    throw refused(`This dispute is already closed: ${dispute.status}.`);
  }
  dispute.status = ends;
  world.disputes.put(dispute);
  world.emit('charge.dispute.closed', dispute);
  if (ends === 'won') {
    moveMoney(world, dispute, dispute.amount);
    world.emit('charge.dispute.funds_reinstated', dispute);
  }
  return dispute;
}

function moveMoney(world: World, dispute: Dispute, amount: number): void {
  const { currency, id } = dispute;
  const source = id;
  dispute.balance_transactions.push(
    bookMovement(world, { type: 'adjustment', amount, currency, source, description: 'Chargeback' }),
  );
  world.disputes.put(dispute);
}

const noEvidence: Dispute['evidence'] = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};
