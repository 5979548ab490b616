/**
 * Paying an intent, from the API, the hosted page or a test.
 *
 * requires_payment_method -> (declined) requires_payment_method
 *                         -> (3-D Secure) requires_action -> answered: as below, or requires_payment_method
 *                         -> (captured by hand) requires_capture -> succeeded, or canceled (also after 7 days)
 *                         -> (delayed) processing -> succeeded, or requires_payment_method
 *                         -> succeeded
 */

import { bookMovement } from '../core/balance.ts';
import { cardError, refused } from '../core/errors.ts';
import type { Charge, Intent, Method, World } from '../core/world.ts';
import { idOf } from '../core/world.ts';
import { openDispute } from '../disputes/dispute.ts';
import { completeSession, sessionSettled } from '../sessions/follow.ts';
import { releaseAuthorization } from './cancel.ts';
import { makeCharge } from './charge.ts';
import { capturesByHand, chargeOf, unexpectedState } from './intent.ts';
import { conductOf } from './methods.ts';

/** How long a card's money is kept for an intent that nobody captures. */
export const authorizedMs = 7 * 24 * 60 * 60 * 1000;

const payable = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/** @throws StripeFault 402 when the method is declined; the intent then waits for another one. */
export function payIntent(world: World, intent: Intent, method: Method, returnUrl: string | null): void {
  const conduct = conductOf(method);
  if (!payable.includes(intent.status)) {
    throw unexpectedState(
      intent,
      `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: ${payable.join(', ')}.`,
    );
  }
  if (!intent.payment_method_types.includes(conduct.kind)) {
    const types = intent.payment_method_types.join(', ');
    throw refused(
      `The payment method type ${conduct.kind} is not among those of this PaymentIntent: ${types}.`,
      { param: 'payment_method' },
    );
  }
  if (conduct.kind === 'sepa_debit' && intent.capture_method === 'manual') {
    const message = 'The payment method type sepa_debit does not support manual capture.';
    throw refused(message, { param: 'payment_method' });
  }
  intent.payment_method = method.id;
  intent.last_payment_error = null;
  if (conduct.pays.how === 'declined') {
    const { code, declineCode, message } = conduct.pays;
    failPayment(world, intent, method, {
      code,
      message,
      ...(declineCode ? { decline_code: declineCode } : {}),
    });
  }
  if (conduct.pays.how === 'asks_first') {
    intent.status = 'requires_action';
    intent.next_action = {
      type: 'redirect_to_url',
      redirect_to_url: { url: `${world.rules.url}/pay/authenticate/${intent.id}`, return_url: returnUrl },
    };
    world.intents.put(intent);
    world.emit('payment_intent.requires_action', intent);
    return;
  }
  if (conduct.pays.how === 'later') payLater(world, intent, method, conduct.pays.succeeds);
  else takeMoney(world, intent, method);
}

/** The buyer's answer to 3-D Secure. @throws StripeFault 402 when it is no. */
export function authenticate(world: World, intent: Intent, passed: boolean): void {
  const method = world.methods.get(idOf(intent.payment_method) ?? '');
  if (intent.status !== 'requires_action' || method === undefined) {
    throw unexpectedState(
      intent,
      `This PaymentIntent's status is ${intent.status}: nothing is to be answered.`,
    );
  }
  intent.next_action = null;
  if (passed) {
    takeMoney(world, intent, method);
    return;
  }
  failPayment(world, intent, method, {
    code: 'payment_intent_authentication_failure',
    message: 'The provided PaymentMethod has failed authentication. You can provide another one.',
  });
}

function takeMoney(world: World, intent: Intent, method: Method): void {
  const byHand = capturesByHand(intent, conductOf(method).kind);
  const charge = makeCharge(world, intent, method, { status: 'succeeded', captured: !byHand });
  intent.status = byHand ? 'requires_capture' : 'succeeded';
  intent.amount_capturable = byHand ? intent.amount : 0;
  intent.amount_received = byHand ? 0 : intent.amount;
  if (!byHand) bookCharge(world, charge);
  world.intents.put(intent);
  world.emit('charge.succeeded', charge);
  world.emit(byHand ? 'payment_intent.amount_capturable_updated' : 'payment_intent.succeeded', intent);
  completeSession(world, intent);
  if (byHand) expireAuthorization(world, intent.id, world.agenda.now() + authorizedMs);
  else disputeIfAsked(world, charge);
}

/** Books the money of a captured charge. */
export function bookCharge(world: World, charge: Charge): void {
  const { amount_captured: amount, currency, id, description } = charge;
  charge.balance_transaction = bookMovement(world, {
    type: 'charge',
    amount,
    currency,
    source: id,
    description,
  }).id;
  world.charges.put(charge);
}

export function disputeIfAsked(world: World, charge: Charge): void {
  const method = world.methods.get(charge.payment_method ?? '');
  const reason = method && conductOf(method).disputed;
  if (reason !== undefined) openDispute(world, charge, { reason });
}

export function expireAuthorization(world: World, id: string, at: number): void {
  world.agenda.at(at, () => {
    const intent = world.intents.get(id);
    if (intent?.status === 'requires_capture') releaseAuthorization(world, intent, 'automatic');
  });
}

function payLater(world: World, intent: Intent, method: Method, succeeds: boolean): void {
  const charge = makeCharge(world, intent, method, { status: 'pending' });
  intent.status = 'processing';
  world.intents.put(intent);
  world.emit('charge.pending', charge);
  world.emit('payment_intent.processing', intent);
  completeSession(world, intent);
  settleLater(world, intent.id, succeeds, world.agenda.now() + world.rules.settleMs);
}

export function settleLater(world: World, id: string, succeeds: boolean, at: number): void {
  world.agenda.at(at, () => {
    const intent = world.intents.get(id);
    const charge = intent && chargeOf(world, intent);
    if (intent?.status !== 'processing' || charge === undefined) return;
    if (succeeds) {
      charge.status = 'succeeded';
      charge.paid = true;
      charge.amount_captured = charge.amount;
      bookCharge(world, charge);
      intent.status = 'succeeded';
      intent.amount_received = intent.amount;
    } else {
      charge.status = 'failed';
      charge.failure_code = 'insufficient_funds';
      charge.failure_message = 'The payment failed because of insufficient funds.';
      world.charges.put(charge);
      intent.status = 'requires_payment_method';
      intent.payment_method = null;
      intent.last_payment_error = {
        type: 'invalid_request_error',
        code: 'insufficient_funds',
        message: charge.failure_message,
        charge: charge.id,
      };
    }
    world.intents.put(intent);
    world.emit(succeeds ? 'charge.succeeded' : 'charge.failed', charge);
    world.emit(succeeds ? 'payment_intent.succeeded' : 'payment_intent.payment_failed', intent);
    sessionSettled(world, intent);
  });
}

type Failure = { code: string; message: string; decline_code?: string };

function failPayment(world: World, intent: Intent, method: Method, failure: Failure): never {
  const charge = makeCharge(world, intent, method, { status: 'failed', ...failure });
  intent.status = 'requires_payment_method';
  intent.payment_method = null;
  intent.last_payment_error = { type: 'card_error', ...failure, charge: charge.id, payment_method: method };
  world.intents.put(intent);
  world.emit('charge.failed', charge);
  world.emit('payment_intent.payment_failed', intent);
  throw cardError({ ...failure, charge: charge.id, payment_intent: intent, payment_method: method });
}
