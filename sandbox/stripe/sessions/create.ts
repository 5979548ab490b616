/** POST /v1/checkout/sessions, in payment mode with prices given in the call. */
import type Stripe from 'stripe';
import { invalid } from '../core/errors.ts';
import { checkAmount, readCurrency } from '../core/money.ts';
import type { Intent, Session, World } from '../core/world.ts';
import type { Params } from '../http/params.ts';
import { makeIntent } from '../intents/intent.ts';
import { offeredTypes } from '../intents/methods.ts';
import { expireWhenDue } from './expire.ts';
import { makeLine, makeSession, type NewLine } from './session.ts';

type Names = readonly (keyof Stripe.Checkout.SessionCreateParams)[];
/** The ones that change nothing here are taken and left. */
const names = [
  'adaptive_pricing',
  'allow_promotion_codes',
  'allowed_payment_method_types',
  'automatic_tax',
  'billing_address_collection',
  'branding_settings',
  'cancel_url',
  'client_reference_id',
  'consent_collection',
  'currency',
  'custom_text',
  'customer',
  'customer_creation',
  'customer_email',
  'expand',
  'expires_at',
  'line_items',
  'locale',
  'metadata',
  'mode',
  'name_collection',
  'payment_intent_data',
  'payment_method_collection',
  'payment_method_options',
  'phone_number_collection',
  'submit_type',
  'success_url',
  'ui_mode',
  'wallet_options',
] as const satisfies Names;

const expiry = { leastSeconds: 30 * 60, mostSeconds: 24 * 60 * 60 };
const linesMax = 100;

export function createSession(world: World, params: Params): Session {
  params.only(names);
  if (params.oneOf('mode', ['payment', 'setup', 'subscription']) !== 'payment') {
    throw invalid('The sandbox knows the mode `payment` alone.', 'mode');
  }
  const lines = readLines(params);
  const currency = lines[0]!.currency;
  const amount = lines.reduce((sum, line) => sum + line.unitAmount * line.quantity, 0);
  if (amount > 0) {
    checkAmount(amount, currency, "The Checkout Session's total amount due", 'line_items');
  }
  const data = readIntentData(params);
  const allowed = params.texts('allowed_payment_method_types');
  const session = makeSession(world, {
    amount,
    currency,
    clientReferenceId: readReference(params),
    customer: params.text('customer') ?? null,
    customerEmail: params.text('customer_email') ?? null,
    successUrl: readUrl(params, 'success_url'),
    cancelUrl: params.has('cancel_url') ? readUrl(params, 'cancel_url') : null,
    expiresAt: readExpiry(world, params),
    metadata: params.metadata(),
    allowed: allowed.length > 0 ? allowed : null,
    methodTypes: offeredTypes(currency, allowed),
    locale: params.text('locale') ?? null,
  });
  const card = params.object('payment_method_options')?.object('card');
  if (card?.text('capture_method') === 'manual') session.payment_method_options = { card: manualCard };
  world.lines.put({
    id: session.id,
    lines: lines.map((line) => makeLine(world, line)),
    intent: { ...data, cardCaptureMethod: card?.text('capture_method') ?? null },
  });
  world.sessions.put(session);
  expireWhenDue(world, session);
  return session;
}

const manualCard = { capture_method: 'manual', request_three_d_secure: 'automatic' } as const;

/** What is kept of the call until somebody pays: only then does a session get its intent. */
export type IntentData = {
  captureMethod: string;
  cardCaptureMethod: string | null;
  metadata: Record<string, string>;
  description: string | null;
  receiptEmail: string | null;
  statementDescriptor: string | null;
  statementDescriptorSuffix: string | null;
};

function readIntentData(params: Params): Omit<IntentData, 'cardCaptureMethod'> {
  const data = params.object('payment_intent_data');
  data?.only([
    'capture_method',
    'description',
    'metadata',
    'receipt_email',
    'setup_future_usage',
    'statement_descriptor',
    'statement_descriptor_suffix',
    'transfer_group',
  ] satisfies (keyof Stripe.Checkout.SessionCreateParams.PaymentIntentData)[]);
  return {
    captureMethod:
      data?.oneOf('capture_method', ['automatic', 'automatic_async', 'manual']) ?? 'automatic_async',
    metadata: data?.metadata() ?? {},
    description: data?.text('description') ?? null,
    receiptEmail: data?.text('receipt_email') ?? null,
    statementDescriptor: data?.text('statement_descriptor') ?? null,
    statementDescriptorSuffix: data?.text('statement_descriptor_suffix') ?? null,
  };
}

/** The intent of a session, made when somebody first tries to pay. */
export function intentOfSession(world: World, session: Session): Intent {
  const known = world.intents.get(String(session.payment_intent));
  if (known !== undefined) return known;
  const data = world.lines.get(session.id)?.intent;
  if (data === undefined) throw new Error(`session ${session.id} has no lines`);
  const intent = makeIntent(world, {
    ...data,
    amount: session.amount_total ?? 0,
    currency: session.currency ?? 'usd',
    methodTypes: session.payment_method_types,
    customer: null,
    allowed: session.allowed_payment_method_types,
  });
  session.payment_intent = intent.id;
  world.sessions.put(session);
  return intent;
}

function readLines(params: Params): NewLine[] {
  const items = params.list('line_items');
  if (items.length === 0) {
    throw invalid('You must pass `line_items` in `payment` mode.', 'line_items', 'parameter_missing');
  }
  if (items.length > linesMax) throw invalid(`Only up to ${linesMax} line items are allowed.`, 'line_items');
  const lines = items.map(readLine);
  for (const [index, line] of lines.entries()) {
    if (line.currency === lines[0]!.currency) continue;
    throw invalid('All line items must use the same currency.', `line_items[${index}][price_data][currency]`);
  }
  return lines;
}

function readLine(item: Params): NewLine {
  item.only([
    'adjustable_quantity',
    'dynamic_tax_rates',
    'metadata',
    'price',
    'price_data',
    'quantity',
    'tax_rates',
  ]);
  if (item.has('price')) throw invalid('The sandbox keeps no prices; give `price_data`.', item.name('price'));
  const quantity = item.integer('quantity') ?? 1;
  if (quantity < 1)
    throw invalid('Quantity must be at least 1.', item.name('quantity'), 'parameter_invalid_integer');
  const price = item.object('price_data');
  if (price === undefined) {
    throw invalid(`Missing required param: ${item.name('price')}.`, item.name('price'), 'parameter_missing');
  }
  price.only(['currency', 'product_data', 'tax_behavior', 'unit_amount']);
  const unitAmount = price.needInteger('unit_amount');
  if (unitAmount < 0) {
    throw invalid('Invalid non-negative integer', price.name('unit_amount'), 'parameter_invalid_integer');
  }
  const product = price.object('product_data');
  if (product === undefined) {
    throw invalid('Missing required param: product_data.', price.name('product_data'), 'parameter_missing');
  }
  return { name: product.needText('name'), unitAmount, quantity, currency: readCurrency(price) };
}

function readReference(params: Params): string | null {
  const reference = params.text('client_reference_id');
  if (reference === undefined || reference.length <= 200) return reference ?? null;
  throw invalid('Invalid string: must be at most 200 characters', 'client_reference_id');
}

function readUrl(params: Params, name: string): string {
  const text = params.needText(name);
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw invalid('Not a valid URL', name, 'url_invalid');
}

function readExpiry(world: World, params: Params): number {
  const now = world.seconds();
  const at = params.integer('expires_at');
  if (at === undefined) return now + expiry.mostSeconds;
  if (at < now + expiry.leastSeconds) {
    throw invalid(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      'expires_at',
    );
  }
  if (at > now + expiry.mostSeconds) {
    throw invalid(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      'expires_at',
    );
  }
  return at;
}
