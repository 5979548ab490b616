/**
 * The port of payments on Stripe's own SDK. Every call has a bound in time, goes past the breaker, and ends in an answer, a
 * refusal of the port or one of its three faults; nothing of Stripe's own errors leaves this folder.
 */
import { Fault } from '../domain/faults.ts';
import type { Payments } from './payments.ts';
import { type Circuit, createBreaker } from './stripe/breaker.ts';
import { type CallOutcome, createCalls, Refusal } from './stripe/call.ts';
import { createClients } from './stripe/client.ts';
import { leastOf } from './stripe/least.ts';
import { createLists } from './stripe/lists.ts';
import { createLook } from './stripe/look.ts';
import { createRefunds } from './stripe/refunds.ts';
import { createStart } from './stripe/start.ts';
import { createReadWebhook } from './stripe/webhook.ts';

export type StripeOptions = {
  secretKey: string;
  /** Any of them: two while one is exchanged for another. */
  webhookSecrets: readonly string[];
  /** Where the API is when it is not Stripe's own. */
  apiBase?: string | undefined;
  /** One try of a request, ms. */
  timeoutMs?: number;
  /** All tries of a call, ms. */
  totalMs?: number;
  /** Failed tries in a row that open the breaker, and its rest, ms. */
  breaker?: { failures: number; restMs: number };
  observe?: {
    request?(operation: string, outcome: CallOutcome, ms: number): void;
    circuit?(state: Circuit): void;
  };
  now?: () => number;
};

/** Far above what Stripe needs in health; its SDK would wait for 80 s. */
const timeoutMsDefault = 8_000;
/** Three tries with their pauses, cut where a person has given up waiting. */
const totalMsDefault = 20_000;
const breakerDefault = { failures: 5, restMs: 5_000 };

export function createStripePayments(options: StripeOptions): Payments {
  const { secretKey, webhookSecrets, apiBase, observe = {}, now = Date.now } = options;
  const timeoutMs = options.timeoutMs ?? timeoutMsDefault;
  const breaker = createBreaker({ ...(options.breaker ?? breakerDefault), changed: observe.circuit });
  const clients = createClients({ secretKey, apiBase, timeoutMs, breaker });
  const calls = createCalls({
    clients,
    breaker,
    totalMs: options.totalMs ?? totalMsDefault,
    observe: observe.request,
  });
  const lists = createLists(calls, now);
  const { look, close, capture } = createLook(calls);
  const { refund, refundsOf } = createRefunds(calls);
  return {
    available: breaker.passable,
    livemode: isLiveKey(secretKey),
    leastOf,
    start: guarded(createStart({ calls, ofOrder: lists.ofOrder, now })),
    look: guarded(look),
    ofOrder: guarded(lists.ofOrder),
    close: guarded(close),
    capture: guarded(capture),
    refund: guarded(refund),
    refundsOf: guarded(refundsOf),
    events: (from) => guardedEach(lists.events(from)),
    payments: (from, to) => guardedEach(lists.payments(from, to)),
    readWebhook: createReadWebhook(clients.stripe, webhookSecrets),
  };
}

/** Secret and restricted keys alike say which money they move. */
export function isLiveKey(secretKey: string): boolean {
  return /^(sk|rk)_live_/.test(secretKey);
}

/** What the provider refuses and nobody here expected is a mistake of ours. */
function asFault(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  return new Fault('payment_request_refused', `the payment provider refused a request: ${error.message}`, {
    cause: error,
  });
}

function guarded<Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) {
  return async (...args: Args): Promise<Result> => {
    try {
      return await call(...args);
    } catch (error) {
      throw asFault(error);
    }
  };
}

async function* guardedEach<Thing>(things: AsyncIterable<Thing>): AsyncGenerator<Thing> {
  try {
    yield* things;
  } catch (error) {
    throw asFault(error);
  }
}
