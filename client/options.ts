/** Every number of the client, with its unit in its name. All can be set. */
import { type Clock, systemClock } from './clock.ts';
import type { WebSocketConstructor } from './live/socket.ts';

export type Limits = {
  /** One attempt of a request, until its whole answer is there. */
  requestTimeoutMs: number;
  /** Attempts of one call, the first included. */
  requestAttemptsMax: number;
  /** No attempt begins later than this after the call. */
  requestTotalMs: number;
  /** Between attempts: full jitter of this, doubled each time, on top of what `Retry-After` asks for. */
  retryBaseMs: number;
  retryMaxMs: number;
  /** From the first byte to the welcome. */
  connectTimeoutMs: number;
  /** Between the server's `{}`, until its welcome says it. */
  heartbeatMs: number;
  /** Silence beyond the heartbeat after which a connection is taken for dead. */
  heartbeatGraceMs: number;
  /** Between attempts to connect: full jitter of this, doubled each time. */
  reconnectBaseMs: number;
  reconnectMaxMs: number;
  /** A connection that lived this long was a good one: the next wait is short again. */
  stableMs: number;
  /** Attempts without a welcome after which events are polled. */
  pollAfterFailures: number;
  /** Between polls of an event, each up to a fifth longer or shorter. */
  pollMs: number;
  /** Between polls while they fail: doubled up to this. */
  pollMaxMs: number;
  /** A closing handshake may take this long before the socket is dropped. */
  closeTimeoutMs: number;
};

export const defaultLimits: Limits = {
  requestTimeoutMs: 5_000,
  requestAttemptsMax: 5,
  requestTotalMs: 20_000,
  retryBaseMs: 250,
  retryMaxMs: 4_000,
  connectTimeoutMs: 10_000,
  heartbeatMs: 25_000,
  heartbeatGraceMs: 10_000,
  reconnectBaseMs: 500,
  reconnectMaxMs: 20_000,
  stableMs: 5_000,
  pollAfterFailures: 3,
  pollMs: 1_000,
  pollMaxMs: 10_000,
  closeTimeoutMs: 2_000,
};

export type Options = Partial<Limits> & {
  /** Where the server is, such as `https://tickets.example`; in a page of its own, `location.origin`. */
  baseUrl: string;
  /** A session's token, of an earlier `sessions.create()`. */
  token?: string;
  /** What the server's log calls this client. */
  name?: string;
  /** Needed where there is no global one, as in Node 20: `import { WebSocket } from 'ws'`. Without any, events are polled. */
  WebSocket?: WebSocketConstructor;
  fetch?: typeof fetch;
  clock?: Clock;
  /** What a callback of yours threw. Without it, it is thrown on as an uncaught error, as an event handler's would be. */
  onError?(error: unknown): void;
};

/** What every part of a client shares. */
export type Shared = {
  baseUrl: string;
  name: string;
  token: string | undefined;
  WebSocket: WebSocketConstructor | undefined;
  fetch: typeof fetch;
  clock: Clock;
  limits: Limits;
  /** Runs a callback of the caller's; what it throws is the caller's too. */
  tell(run: () => void): void;
};

export function sharedOf(options: Options): Shared {
  const { baseUrl, token, name = 'client', clock = systemClock, onError, ...rest } = options;
  const { WebSocket, fetch: ownFetch, ...numbers } = rest;
  const limits = { ...defaultLimits, ...numbers };
  for (const [key, value] of Object.entries(limits)) {
    if (!Number.isFinite(value) || value < 0) throw new RangeError(`${key} must be a number of at least 0`);
  }
  const complain =
    onError ??
    ((error: unknown) =>
      queueMicrotask(() => {
        throw error;
      }));
  const global = globalThis as { WebSocket?: WebSocketConstructor };
  return {
    // Throws for what is no address.
    baseUrl: new URL(baseUrl).href.replace(/\/+$/, ''),
    name,
    token,
    WebSocket: WebSocket ?? global.WebSocket,
    // Called as a function of its own: a browser's fetch refuses any other `this`.
    fetch: ownFetch ?? ((...args) => fetch(...args)),
    clock,
    limits,
    tell(run) {
      try {
        run();
      } catch (error) {
        complain(error);
      }
    },
  };
}
