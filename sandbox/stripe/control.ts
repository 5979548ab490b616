/** What a test can do to the sandbox that nobody could do to Stripe: move its clock, pay without a browser, dispute. */
import type { StripeFault } from './core/errors.ts';
import { invalid, missing, refused } from './core/errors.ts';
import {
  type Charge,
  copyOf,
  type Dispute,
  type Endpoint,
  type Intent,
  type Refund,
  type Session,
  type World,
} from './core/world.ts';
import { closeDispute, openDispute } from './disputes/dispute.ts';
import type { FaultCounts, Hostility } from './hostile/hostility.ts';
import { chargeOf } from './intents/intent.ts';
import { findConduct, makeMethod } from './intents/methods.ts';
import { authenticate, payIntent } from './intents/pay.ts';
import { failRefund } from './refunds/settle.ts';
import { paySession } from './sessions/pay.ts';
import type { Deliverer } from './webhooks/deliver.ts';
import { addEndpoint, type NewEndpoint } from './webhooks/routes.ts';

export type PayOptions = {
  /** A test card's number, its token, or a test IBAN. Default `pm_card_visa`. */
  method?: string;
  email?: string;
  /** The answer to 3-D Secure, when the card asks; without it the payment stays in `requires_action`. */
  authenticate?: boolean;
};

export type Control = {
  /** Moves the sandbox's clock forward; what becomes due happens now. */
  advance(ms: number): void;
  /** Unix ms by the sandbox's clock. */
  now(): number;
  /** Pays a session (`cs_`) or an intent (`pi_`) as a buyer would. @throws StripeFault, e.g. 402 when the card is declined */
  pay(id: string, options?: PayOptions): Session | Intent;
  /** A buyer's bank disputes the payment. `id`: of an intent or a charge. */
  dispute(id: string, options?: { reason?: string; amount?: number }): Dispute;
  closeDispute(id: string, ends: 'won' | 'lost'): Dispute;
  /** A refund that had succeeded, or was pending, comes back. */
  failRefund(id: string, reason?: string): Refund;
  /** Delivers an event once more, as a click in Stripe's dashboard does. */
  resend(eventId: string): void;
  addEndpoint(endpoint: NewEndpoint): Endpoint;
  /** How many faults were made, by kind. */
  counts(): FaultCounts;
  /** No further faults. */
  calm(): void;
  /** Whether every webhook has been delivered, dropped or given up. */
  delivered(): boolean;
};

type Parts = {
  world: World;
  deliverer: Deliverer;
  hostility: Hostility;
  saved: () => void;
  webhookSecret: string;
};

export function makeControl({ world, deliverer, hostility, saved, webhookSecret }: Parts): Control {
  const doing = <T>(act: () => T): T => {
    world.agenda.runDue();
    try {
      return act();
    } finally {
      saved();
    }
  };
  return {
    advance: (ms) => {
      if (!(ms >= 0)) throw invalid('The clock only goes forward.', 'ms');
      doing(() => world.agenda.advance(ms));
    },
    now: () => world.agenda.now(),
    pay: (id, options = {}) => copyOf(doing(() => pay(world, id, options))),
    dispute: (id, options = {}) => copyOf(doing(() => openDispute(world, chargeFor(world, id), options))),
    closeDispute: (id, ends) =>
      copyOf(
        doing(() => closeDispute(world, world.disputes.get(id) ?? fail(missing('dispute', id, 'id')), ends)),
      ),
    failRefund: (id, reason = 'unknown') =>
      doing(() => {
        const refund = world.refunds.get(id) ?? fail(missing('refund', id, 'id'));
        failRefund(world, refund, reason);
        return copyOf(refund);
      }),
    resend: (id) => doing(() => deliverer.resend(world.events.get(id) ?? fail(missing('event', id, 'id')))),
    addEndpoint: (endpoint) => doing(() => addEndpoint(world, { secret: webhookSecret, ...endpoint })),
    counts: () => ({ ...hostility.counts }),
    calm: () => hostility.calm(),
    delivered: () => deliverer.idle(),
  };
}

function pay(world: World, id: string, options: PayOptions): Session | Intent {
  const name = options.method ?? 'pm_card_visa';
  const conduct = findConduct(name) ?? fail(missing('PaymentMethod', name, 'method'));
  const method = makeMethod(world, conduct, options.email ?? null);
  const session = world.sessions.get(id);
  if (session !== undefined) paySession(world, session, method, options.email ?? null);
  else payIntent(world, world.intents.get(id) ?? fail(missing('payment_intent', id, 'id')), method, null);
  const intent = world.intents.get(session === undefined ? id : String(session.payment_intent));
  if (intent?.status === 'requires_action' && options.authenticate !== undefined) {
    authenticate(world, intent, options.authenticate);
  }
  return session ?? intent ?? fail(missing('payment_intent', id, 'id'));
}

function chargeFor(world: World, id: string): Charge {
  const intent = world.intents.get(id);
  const charge = intent === undefined ? world.charges.get(id) : chargeOf(world, intent);
  return charge ?? fail(refused(`Nothing was charged for ${id}.`));
}

function fail(fault: StripeFault): never {
  throw fault;
}
