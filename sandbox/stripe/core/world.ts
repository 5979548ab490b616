/** All the sandbox knows, and how it tells of a change. Handlers get it as their first argument and run without waiting. */
import type Stripe from 'stripe';
import type { IntentData } from '../sessions/create.ts';
import type { Agenda } from './agenda.ts';
import { newId } from './ids.ts';
import { Table } from './table.ts';

export type Session = Stripe.Checkout.Session;
export type Intent = Stripe.PaymentIntent;
export type Charge = Stripe.Charge;
export type Refund = Stripe.Refund;
export type Dispute = Stripe.Dispute;
export type Method = Stripe.PaymentMethod;
export type Balance = Stripe.BalanceTransaction;
export type Endpoint = Stripe.WebhookEndpoint;
/** What all events have in common; the SDK has a type for each of some 260 kinds. */
export type EventRecord = Omit<Stripe.Event, 'type' | 'data'> & { type: string; data: { object: unknown } };

/** What a session has besides what is answered: its lines, and what its intent is made of when somebody pays. */
export type SessionLines = { id: string; lines: Stripe.LineItem[]; intent: IntentData };

export type Rules = {
  apiVersion: string;
  /** Where this server is reached: the pages it sends people to begin with it. */
  url: string;
  /** How long a delayed method (SEPA debit) takes to succeed or fail, and a pending refund to end. */
  settleMs: number;
};

/** Who caused the change: events name the call. */
export type Cause = { requestId: string; idempotencyKey: string | null };

export class World {
  readonly sessions = new Table<Session>('sessions', { payment_intent: (row) => idOf(row.payment_intent) });
  readonly lines = new Table<SessionLines>('lines');
  readonly intents = new Table<Intent>('intents');
  readonly methods = new Table<Method>('methods');
  readonly charges = new Table<Charge>('charges', { payment_intent: (row) => idOf(row.payment_intent) });
  readonly refunds = new Table<Refund>('refunds', {
    charge: (row) => idOf(row.charge),
    payment_intent: (row) => idOf(row.payment_intent),
  });
  readonly disputes = new Table<Dispute>('disputes', {
    charge: (row) => idOf(row.charge),
    payment_intent: (row) => idOf(row.payment_intent),
  });
  readonly balance = new Table<Balance>('balance', { source: (row) => idOf(row.source) });
  readonly events = new Table<EventRecord>('events');
  readonly endpoints = new Table<Endpoint>('endpoints');

  readonly agenda: Agenda;
  readonly rules: Rules;
  /** Set for the time of a handler. */
  cause: Cause | null = null;
  /** Both set to tell the deliverer. */
  onEvent: (event: EventRecord) => void = () => {};
  onEndpoint: (endpoint: Endpoint) => void = () => {};

  constructor(agenda: Agenda, rules: Rules) {
    this.agenda = agenda;
    this.rules = rules;
  }

  seconds(): number {
    return this.agenda.seconds();
  }

  /** Records that something happened to `object`, as it is at this moment, and tells the endpoints. */
  emit(type: string, object: object): void {
    const event: EventRecord = {
      id: newId.event(),
      object: 'event',
      api_version: this.rules.apiVersion,
      created: this.seconds(),
      data: { object: copyOf(object) },
      livemode: false,
      pending_webhooks: 0,
      request: {
        id: this.cause?.requestId ?? null,
        idempotency_key: this.cause?.idempotencyKey ?? null,
      },
      type,
    };
    this.onEvent(event);
    this.events.put(event);
  }
}

/** As it goes over the wire; a quarter of the time of structuredClone, and each payment is copied five times. */
export function copyOf<Thing extends object>(thing: Thing): Thing {
  return JSON.parse(JSON.stringify(thing)) as Thing;
}

export function idOf(reference: string | { id: string } | null | undefined): string | null {
  if (reference === null || reference === undefined) return null;
  return typeof reference === 'string' ? reference : reference.id;
}
