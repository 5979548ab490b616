/** POST /v1/payment_intents, and confirming one. */
import type Stripe from 'stripe';
import { invalid } from '../core/errors.ts';
import { checkAmount, readCurrency } from '../core/money.ts';
import type { Intent, World } from '../core/world.ts';
import type { Params } from '../http/params.ts';
import { makeIntent, unexpectedState } from './intent.ts';
import { offeredTypes, readMethod } from './methods.ts';
import { payIntent } from './pay.ts';

const confirmNames = [
  'capture_method',
  'error_on_requires_action',
  'expand',
  'mandate_data',
  'off_session',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'receipt_email',
  'return_url',
  'use_stripe_sdk',
] as const satisfies readonly (keyof Stripe.PaymentIntentConfirmParams)[];

const createNames = [
  ...confirmNames,
  'allowed_payment_method_types',
  'amount',
  'automatic_payment_methods',
  'confirm',
  'confirmation_method',
  'currency',
  'customer',
  'description',
  'metadata',
  'setup_future_usage',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
] as const satisfies readonly (keyof Stripe.PaymentIntentCreateParams)[];

const capturable = ['automatic', 'automatic_async', 'manual'] as const;

export function createIntent(world: World, params: Params): Intent {
  params.only(createNames);
  const amount = params.needInteger('amount');
  const currency = readCurrency(params);
  if (amount < 1) throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer');
  checkAmount(amount, currency, 'Amount', 'amount');
  const allowed = params.texts('allowed_payment_method_types');
  const confirm = params.flag('confirm') ?? false;
  const method = readMethod(world, params);
  if (confirm && method === undefined) throw needsMethod();
  const intent = makeIntent(world, {
    amount,
    currency,
    captureMethod: params.oneOf('capture_method', capturable) ?? 'automatic_async',
    cardCaptureMethod:
      params.object('payment_method_options')?.object('card')?.text('capture_method') ?? null,
    methodTypes: offeredTypes(currency, allowed),
    metadata: params.metadata(),
    description: params.text('description') ?? null,
    receiptEmail: params.text('receipt_email') ?? null,
    statementDescriptor: params.text('statement_descriptor') ?? null,
    statementDescriptorSuffix: params.text('statement_descriptor_suffix') ?? null,
    customer: params.text('customer') ?? null,
    allowed: allowed.length > 0 ? allowed : null,
  });
  if (method === undefined) return intent;
  if (confirm) payIntent(world, intent, method, params.text('return_url') ?? null);
  else {
    intent.payment_method = method.id;
    intent.status = 'requires_confirmation';
    world.intents.put(intent);
  }
  return intent;
}

export function confirmIntent(world: World, intent: Intent, params: Params): Intent {
  params.only(confirmNames);
  if (world.sessions.of('payment_intent', intent.id).length > 0) {
    throw unexpectedState(
      intent,
      'You cannot confirm a PaymentIntent that was created by a Checkout Session.',
    );
  }
  const method = readMethod(world, params) ?? world.methods.get(String(intent.payment_method));
  if (method === undefined) throw needsMethod();
  payIntent(world, intent, method, params.text('return_url') ?? null);
  return intent;
}

function needsMethod() {
  return invalid(
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    'payment_method',
    'payment_intent_unexpected_state',
  );
}
