/** What a payment intent looks like when it is new, and what one can ask about it. */
import { refused } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Charge, Intent, World } from '../core/world.ts';
import { idOf } from '../core/world.ts';

export type NewIntent = {
  amount: number;
  currency: string;
  captureMethod: string;
  /** Overrides `captureMethod` for cards. */
  cardCaptureMethod: string | null;
  methodTypes: string[];
  metadata: Record<string, string>;
  description: string | null;
  receiptEmail: string | null;
  statementDescriptor: string | null;
  statementDescriptorSuffix: string | null;
  customer: string | null;
  allowed: string[] | null;
};

export function makeIntent(world: World, given: NewIntent): Intent {
  const id = newId.intent();
  const intent: Intent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: given.allowed,
    amount: given.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: given.captureMethod,
    client_secret: newId.secretOf(id),
    confirmation_method: 'automatic',
    created: world.seconds(),
    currency: given.currency,
    customer: given.customer,
    customer_account: null,
    description: given.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: given.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: {
        ...(given.cardCaptureMethod === 'manual' ? { capture_method: 'manual' as const } : {}),
        installments: null,
        mandate_options: null,
        network: null,
        request_three_d_secure: 'automatic',
      },
    },
    payment_method_types: given.methodTypes,
    payment_record: null,
    processing: null,
    receipt_email: given.receiptEmail,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: given.statementDescriptor,
    statement_descriptor_suffix: given.statementDescriptorSuffix,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  };
  world.intents.put(intent);
  world.emit('payment_intent.created', intent);
  return intent;
}

export function capturesByHand(intent: Intent, kind: 'card' | 'sepa_debit'): boolean {
  if (intent.capture_method === 'manual') return true;
  const card = intent.payment_method_options?.card;
  return (
    kind === 'card' && card !== undefined && 'capture_method' in card && card.capture_method === 'manual'
  );
}

export function chargeOf(world: World, intent: Intent): Charge | undefined {
  const id = idOf(intent.latest_charge);
  return id === null ? undefined : world.charges.get(id);
}

/** The error of a call that an intent is not in a state for: `message` says which call and which states it takes. */
export function unexpectedState(intent: Intent, message: string) {
  return refused(message, { code: 'payment_intent_unexpected_state', payment_intent: intent });
}
