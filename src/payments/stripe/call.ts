/**
 * One call of the provider, whatever it is: bounded in time and number, counted, and its failure told apart by what is known
 * about its effect.
 */
import { type BulkheadPolicy, bulkhead, isBulkheadRejectedError } from 'cockatiel';
import Stripe from 'stripe';
import { Fault, isFault } from '../../domain/faults.ts';
import type { Breaker } from './breaker.ts';
import type { Clients, Trail } from './client.ts';

/** An answer that says no, definitely: nothing was done. */
export class Refusal extends Error {
  readonly code: string | undefined;
  readonly param: string | undefined;
  readonly httpStatus: number | undefined;
  /** What was asked is at fault, and not who asks (a key that was revoked) nor a key that was used for something else. */
  readonly isOfTheRequest: boolean;

  constructor(cause: InstanceType<typeof Stripe.errors.StripeError>) {
    super(cause.message, { cause });
    this.name = 'Refusal';
    this.code = cause.code;
    this.param = cause.param;
    this.httpStatus = cause.statusCode;
    this.isOfTheRequest = cause instanceof Stripe.errors.StripeInvalidRequestError;
  }
}

/** look: has no effect, so whatever fails has done nothing. change: may have had one. */
export type Kind = 'look' | 'change';
export type CallOutcome = 'ok' | 'refused' | 'unavailable' | 'unknown';
export const callOutcomes: readonly CallOutcome[] = ['ok', 'refused', 'unavailable', 'unknown'];

type Send<Result> = (stripe: Stripe) => Promise<Result>;

export type Calls = {
  /**
   * Throws Refusal, or a fault: `payments_unavailable` (nothing was done), `payment_outcome_unknown`. `send` is one call of
   * the SDK it is given.
   */
  run<Result>(operation: string, kind: Kind, send: Send<Result>): Promise<Result>;
};

export type CallsOptions = {
  clients: Clients;
  breaker: Breaker;
  /** All tries of a call with the pauses between them, ms. */
  totalMs: number;
  observe?: ((operation: string, outcome: CallOutcome, ms: number) => void) | undefined;
};

/** Calls under way, and calls that wait for one to end: more than a burst of checkouts, and the memory of some pages. */
const callsMax = 64;
const waitingMax = 512;

export function createCalls({ clients, breaker, totalMs, observe }: CallsOptions): Calls {
  const room = bulkhead(callsMax, waitingMax);
  return {
    async run(operation, kind, send) {
      const startedAt = performance.now();
      const told = (outcome: CallOutcome) => observe?.(operation, outcome, performance.now() - startedAt);
      try {
        const result = await attempted({ clients, breaker, totalMs, room }, kind, send);
        told('ok');
        return result;
      } catch (error) {
        told(outcomeOf(error));
        throw error;
      }
    },
  };
}

function outcomeOf(error: unknown): CallOutcome {
  if (isFault(error, 'payments_unavailable')) return 'unavailable';
  return isFault(error, 'payment_outcome_unknown') ? 'unknown' : 'refused';
}

type Parts = { clients: Clients; breaker: Breaker; totalMs: number; room: BulkheadPolicy };

async function attempted<Result>(
  { clients, breaker, totalMs, room }: Parts,
  kind: Kind,
  send: Send<Result>,
): Promise<Result> {
  const admitted = breaker.admit();
  if (!admitted) throw unavailable('its breaker is open');
  const trail: Trail = [];
  const call = room.execute(() => clients.run({ admitted, trail }, send));
  // After the bound nobody waits for it; it still ends by itself, and it is repeated under the same key.
  call.catch(() => undefined).finally(admitted.leave);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(lost(kind, `no answer within ${totalMs} ms`)), totalMs);
  });
  try {
    return await Promise.race([call, late]);
  } catch (error) {
    throw faultOf(kind, trail, error);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(why: string, cause?: unknown): Fault {
  return new Fault('payments_unavailable', `the payment provider is not available: ${why}`, { cause });
}

function lost(kind: Kind, why: string, cause?: unknown): Fault {
  if (kind === 'look') return unavailable(why, cause);
  return new Fault('payment_outcome_unknown', `the payment provider's answer was lost: ${why}`, { cause });
}

function faultOf(kind: Kind, trail: Trail, error: unknown): unknown {
  if (isFault(error)) return error;
  if (isBulkheadRejectedError(error)) return unavailable('too many calls are waiting for it', error);
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const status = error.statusCode;
  // Said under our idempotency key: had an earlier try been carried out, this would have been its answer.
  if (status !== undefined && status >= 400 && status < 500 && status !== 409 && status !== 429) {
    return new Refusal(error);
  }
  const mayHaveArrived = trail.some((end) => end !== 'not_sent' && end !== 429);
  return mayHaveArrived ? lost(kind, error.message, error) : unavailable(error.message, error);
}

/**
 * Whether the provider answered with the failure that it keeps under this key: then the request has ended for good, and the
 * same key will get the same answer for as long as keys are kept.
 */
export function isStoredFailure(error: unknown): boolean {
  if (!isFault(error, 'payment_outcome_unknown')) return false;
  const { cause } = error;
  return (
    cause instanceof Stripe.errors.StripeError &&
    (cause.statusCode ?? 0) >= 500 &&
    cause.headers?.['idempotent-replayed'] === 'true'
  );
}

/**
 * Whether this key was used for a request that said something else: addresses that people are sent back to differ between
 * servers of two releases.
 */
function isOtherRequest(error: unknown): error is Refusal {
  return error instanceof Refusal && error.cause instanceof Stripe.errors.StripeIdempotencyError;
}

/** Keys of one intention that were used up by stored failures: the number of answers of 500 in a row we live with. */
const keysMax = 4;

/**
 * Sends under `key`. When the provider keeps a failure under it, asks whether the thing is there all the same, and only when it
 * is not goes on to the next key: derived, so that whoever repeats this later walks the same way. What was begun under the key
 * in other words is the thing all the same.
 */
export async function underKey<Result>(
  key: string,
  send: (key: string) => Promise<Result>,
  find: () => Promise<Result | undefined>,
): Promise<Result> {
  let failure: unknown;
  for (let used = 0; used < keysMax; used++) {
    try {
      return await send(used === 0 ? key : `${key}:${used}`);
    } catch (error) {
      if (!isStoredFailure(error) && !isOtherRequest(error)) throw error;
      failure = error;
    }
    const found = await find();
    if (found !== undefined) return found;
    // What the other request became is not known, so a second one beside it is not safe; nor is it known to be refused.
    if (isOtherRequest(failure)) throw lost('change', failure.message, failure);
  }
  throw failure;
}
