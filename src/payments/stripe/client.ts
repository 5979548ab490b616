/**
 * Stripe's SDK, set up so that we know what became of a call. The SDK repeats a request by itself and tells only how the last
 * try ended; a first try whose answer was lost may have been carried out all the same. So each try is written down: a call has
 * a client of its own while it lasts, which knows whose tries it makes. (An AsyncLocalStorage would know it too, and in Node 20 it
 * costs every promise of the process.)
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';
import type { Admitted, Breaker } from './breaker.ts';

/** How the tries of one call ended: not_sent, lost (sent, no answer), or the HTTP status that was answered. */
export type Trail = ('not_sent' | 'lost' | number)[];

/** Of one call: how the breaker let it in, and its tries as they end. */
type Traced = { admitted: Admitted; trail: Trail };

export type Clients = {
  /** For what asks nobody anything: signatures. */
  stripe: Stripe;
  /** Runs one call of the SDK, which the breaker has let in, and notes its tries in `trail`. */
  run<Result>(traced: Traced, send: (stripe: Stripe) => Promise<Result>): Promise<Result>;
};

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

/** As many clients as calls have run at the same time; whoever bounds those bounds them. */
export function createClients(options: ClientOptions): Clients {
  const agent = agentOf(options);
  const idle: Client[] = [];
  const clientOf = () => idle.pop() ?? createClient(options, agent);
  return {
    stripe: createClient(options, agent).stripe,
    async run(traced, send) {
      const client = clientOf();
      client.works.for = traced;
      try {
        return await withoutStack(() => send(client.stripe));
      } finally {
        client.works.for = undefined;
        idle.push(client);
      }
    },
  };
}

/**
 * The SDK takes down the stack at each call, for the message of a failure; with source maps that costs as much as a third of the
 * request. Whose call it was is said by the name of the operation.
 */
function withoutStack<Result>(call: () => Promise<Result>): Promise<Result> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return call();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

type Works = { for: Traced | undefined };
type Client = { stripe: Stripe; works: Works };

function addressOf(apiBase: string | undefined) {
  const base = new URL(apiBase ?? 'https://api.stripe.com');
  return { base, secure: base.protocol === 'https:' };
}

function agentOf({ apiBase, timeoutMs }: ClientOptions): HttpAgent {
  // The agent's own timeout bounds connecting, which the SDK's begins only after.
  const agentOptions = { keepAlive: true, maxSockets: socketsMax, timeout: timeoutMs };
  return addressOf(apiBase).secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
}

function createClient({ secretKey, apiBase, timeoutMs, breaker }: ClientOptions, agent: HttpAgent): Client {
  const { base, secure } = addressOf(apiBase);
  const works: Works = { for: undefined };
  const stripe = new Stripe(secretKey, {
    host: base.hostname.replace(/^\[|\]$/g, ''),
    port: base.port || (secure ? 443 : 80),
    protocol: secure ? 'https' : 'http',
    timeout: timeoutMs,
    // What may be repeated says so itself.
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: noting(Stripe.createNodeHttpClient(agent), breaker, works),
  });
  return { stripe, works };
}

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;

function noting(inner: HttpClient, breaker: Breaker, works: Works): HttpClient {
  return {
    getClientName: () => inner.getClientName(),
    async makeRequest(...request) {
      const call = works.for;
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
