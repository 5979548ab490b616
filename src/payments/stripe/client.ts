/**
 * Stripe's SDK, set up so that we know what became of a call. The SDK repeats a request by itself and tells only how the last
 * try ended; a first try whose answer was lost may have been carried out all the same. So each try is written down.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';
import type { Admitted, Breaker } from './breaker.ts';

/** How the tries of one call ended: not_sent, lost (sent, no answer), or the HTTP status that was answered. */
export type Trail = ('not_sent' | 'lost' | number)[];

/** Of one call: how the breaker let it in, and its tries as they end. */
type Traced = { admitted: Admitted; trail: Trail };

const calls = new AsyncLocalStorage<Traced>();

/** Runs one call of the SDK, which the breaker has let in, and notes its tries in `trail`. */
export function traced<Result>(traced: Traced, send: () => Promise<Result>): Promise<Result> {
  return calls.run(traced, send);
}

export type ClientOptions = {
  secretKey: string;
  /** Where the API is when it is not Stripe's own: a local sandbox. */
  apiBase?: string | undefined;
  /** One try, ms. */
  timeoutMs: number;
  breaker: Breaker;
};

/** At once, to one host: Stripe allows 100 requests a second, and one takes a fraction of it. */
const socketsMax = 64;

export function createClient({ secretKey, apiBase, timeoutMs, breaker }: ClientOptions): Stripe {
  const base = new URL(apiBase ?? 'https://api.stripe.com');
  const secure = base.protocol === 'https:';
  // The agent's own timeout bounds connecting, which the SDK's begins only after.
  const agentOptions = { keepAlive: true, maxSockets: socketsMax, timeout: timeoutMs };
  const agent = secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  return new Stripe(secretKey, {
    host: base.hostname.replace(/^\[|\]$/g, ''),
    port: base.port || (secure ? 443 : 80),
    protocol: secure ? 'https' : 'http',
    timeout: timeoutMs,
    // What may be repeated says so itself.
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: noting(Stripe.createNodeHttpClient(agent), breaker),
  });
}

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;

function noting(inner: HttpClient, breaker: Breaker): HttpClient {
  return {
    getClientName: () => inner.getClientName(),
    async makeRequest(...request) {
      const call = calls.getStore();
      try {
        const response = await breaker.attempt(call?.admitted, () => inner.makeRequest(...request));
        call?.trail.push(response.getStatusCode());
        return response;
      } catch (error) {
        call?.trail.push(breaker.refused(error) || neverSent(error) ? 'not_sent' : 'lost');
        throw error;
      }
    },
  };
}

/** Failures of finding or reaching the host, or of trusting it: no byte of the request has left by then. */
function neverSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  return syscall === 'connect' || syscall === 'getaddrinfo' || /CERT|^ERR_TLS/.test(code);
}
