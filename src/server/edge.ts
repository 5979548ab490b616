/**
 * What a route is given and what it is. A route is a row: method, path, handler; `http.ts` mounts the rows and puts the same
 * frame around each (trace, timing, faults).
 */
import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Ctx, Deps } from '../features/context.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { AdminKeys, Sessions } from './auth.ts';
import { problem, type Refused } from './problem.ts';

/** A capability that traffic needs: resolves when it is there, rejects with the reason when it is not. */
export type Probe = { name: string; check(): Promise<void> };

/** What people see, made elsewhere: the server only gives it an address. */
export type Page = {
  path: string;
  handle(ask: {
    ctx: Ctx;
    param(name: string): string;
    query(name: string): string | undefined;
  }): Response | Promise<Response>;
};

export type Edge = {
  deps: Deps;
  metrics: Metrics;
  sessions: Sessions;
  adminKeys: AdminKeys;
  /** Cookies carry Secure: true wherever buyers come over https. */
  secureCookies: boolean;
  probes: Probe[];
  /** Whether /metrics is answered here; false where it has a port of its own. */
  metricsHere: boolean;
  pages?: Page[];
  version: string;
};

export type Call = {
  c: Context<{ Bindings: HttpBindings }>;
  incoming: IncomingMessage;
  ctx: Ctx;
};

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
export type Handler = (call: Call) => Response | Promise<Response>;
export type Route = { method: Method; path: string; handle: Handler };

export function refuse(call: Call, refusal: Refused, headers?: Record<string, string>): Response {
  return problem(refusal, { instance: call.c.req.path, traceId: call.ctx.requestId }, headers);
}

const privateHeaders = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** A success for one person's eyes. `text` is JSON. */
export function json(status: number, text: string, headers?: Record<string, string>): Response {
  return new Response(text, {
    status,
    headers: headers ? { ...privateHeaders, ...headers } : privateHeaders,
  });
}

export function empty(status: 204): Response {
  return new Response(null, { status, headers: { 'cache-control': 'no-store' } });
}
