/**
 * What a route is given and what it is. A route is a row: what it promises (api/operation.ts) and its handler; `http.ts` mounts
 * the rows and puts the same frame around each (trace, timing, limits, faults).
 */
import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { UserId } from '../domain/ids.ts';
import type { RefusalCode } from '../domain/refusals.ts';
import type { Ctx, Deps } from '../features/context.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Operation } from './api/operation.ts';
import type { AdminKeys, Sessions } from './auth.ts';
import type { FindKey } from './authorize.ts';
import type { Subjects } from './jwt.ts';
import type { Limits, Standing } from './limits/limits.ts';
import { problem, type Refused } from './problem.ts';

export type { Method } from './api/operation.ts';

/** A capability that traffic needs: resolves when it is there, rejects with the reason when it is not. */
export type Probe = { name: string; check(): Promise<void> };

/** What people see, made elsewhere: the server only gives it an address. */
export type Page = {
  path: string;
  /** Shown only to who sits at this machine, or has an administrator's key. */
  local?: true;
  handle(ask: {
    ctx: Ctx;
    param(name: string): string;
    query(name: string): string | undefined;
    /** Whose session the browser has, counted against their limit; else why there is nobody. */
    person(): Promise<{ status: 'person'; user: UserId } | { status: RefusalCode }>;
  }): Response | Promise<Response>;
};

export type Edge = {
  deps: Deps;
  metrics: Metrics;
  sessions: Sessions;
  /** Keys that are configured and may do everything. */
  adminKeys: AdminKeys;
  /** Keys of the records, with their scopes. Without it there are none. */
  findKey?: FindKey;
  /** People who log in elsewhere. Without it there are only anonymous sessions. */
  subjects?: Subjects;
  /** Without it nothing is counted. */
  limits?: Limits;
  /** Origins whose pages may call this server from a browser. */
  corsOrigins?: ReadonlySet<string>;
  /** Cookies carry Secure, and answers Strict-Transport-Security: true wherever people come over https. */
  secureCookies: boolean;
  /** Where weaknesses are reported: a mailto: or https: address. */
  securityContact?: string;
  probes: Probe[];
  /** Whether /metrics is answered here; false where it has a port of its own. */
  metricsHere: boolean;
  pages?: Page[];
  version: string;
  /** What may be offered at /v1/realtime. */
  subprotocols: string[];
};

export type Call = {
  c: Context<{ Bindings: HttpBindings }>;
  incoming: IncomingMessage;
  ctx: Ctx;
  /** Headers that every answer of this call carries. */
  headers: Record<string, string> | undefined;
  /** What the limits say so far; undefined where nothing is counted. */
  standing: Standing | undefined;
};

export type Handler = (call: Call) => Response | Promise<Response>;
export type Route = Operation & { handle: Handler };

export function route(operation: Operation, handle: Handler): Route {
  return { ...operation, handle };
}

/** The headers of the call itself: CORS, HSTS, limits. Undefined for most calls of most servers. */
export function ownHeaders(call: Call): Record<string, string> | undefined {
  const { headers, standing } = call;
  if (standing === undefined || standing.state === '') return headers;
  return { ...headers, 'ratelimit-policy': standing.policies, ratelimit: standing.state };
}

export function refuse(call: Call, refusal: Refused, headers?: Record<string, string>): Response {
  const where = { instance: call.c.req.path, traceId: call.ctx.requestId };
  return problem(refusal, where, { ...ownHeaders(call), ...headers });
}

/** The refusal of a call that is over a limit, or undefined while it is not. */
export function overLimit({ standing }: Call): Refused | undefined {
  if (standing === undefined || standing.violated.length === 0) return undefined;
  const { violated, retryAfterSeconds } = standing;
  return { status: 'rate_limited', violated, retryAfterSeconds };
}

/** A success for one person's eyes. `text` is JSON. */
export function json(call: Call, status: number, text: string, headers?: Record<string, string>): Response {
  // Names first, spreads last: begun with a spread, such an object costs ten times as much.
  const all = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...ownHeaders(call),
    ...headers,
  };
  return new Response(text, { status, headers: all });
}

export function empty(call: Call, status: 204): Response {
  return new Response(null, { status, headers: { 'cache-control': 'no-store', ...ownHeaders(call) } });
}
