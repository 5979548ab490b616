/**
 * The HTTP edge: the list of what is mounted, and the frame around every route. Each request gets a trace id, is timed
 * under its route's pattern, and ends in an answer: a fault becomes 503 or 500 as problem+json and a line in the log.
 */
import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { isFault } from '../domain/faults.ts';
import { type Actor, ctxFor } from '../features/context.ts';
import { corsHeaders, preflight } from './cors.ts';
import { type Call, type Edge, type Method, overLimit, type Route, refuse } from './edge.ts';
import { unlimited } from './limits/limits.ts';
import { refusalOfFault } from './on-fault.ts';
import { adminRoutes } from './routes/admin.ts';
import { buyingRoutes } from './routes/buying.ts';
import { checkinRoutes } from './routes/checkins.ts';
import { documentRoutes } from './routes/documents.ts';
import { eventRoutes } from './routes/events.ts';
import { holdRoutes } from './routes/holds.ts';
import { integrityRoutes } from './routes/integrity.ts';
import { operationRoutes } from './routes/operations.ts';
import { orderDecisionRoutes } from './routes/order-decisions.ts';
import { orderRoutes } from './routes/orders.ts';
import { pageRoutes } from './routes/pages.ts';
import { refundRoutes } from './routes/refunds.ts';
import { sellingRoutes } from './routes/selling.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { ticketRoutes } from './routes/tickets.ts';
import { timelineRoutes } from './routes/timeline.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { traceIdOf } from './trace.ts';

type Env = { Bindings: HttpBindings };
export type HttpApp = Hono<Env>;

/** `stopping` answers whether the server is on its way down: /readyz says no from then on. */
export function createHttpApp(edge: Edge, stopping: () => boolean): HttpApp {
  const routes: Route[] = [
    ...sessionRoutes(edge),
    ...signInRoutes(edge),
    ...timelineRoutes(edge),
    ...eventRoutes(edge),
    ...holdRoutes(edge),
    ...orderRoutes(edge),
    ...ticketRoutes(edge),
    ...checkinRoutes(edge),
    ...adminRoutes(edge),
    ...sellingRoutes(edge),
    ...refundRoutes(edge),
    ...buyingRoutes(edge),
    ...operationRoutes(edge, stopping),
    ...integrityRoutes(edge),
    ...documentRoutes(edge),
    ...pageRoutes(edge),
    ...orderDecisionRoutes(edge),
    ...webhookRoutes(edge),
  ];
  const app: HttpApp = new Hono();
  for (const route of routes) app.on(route.method, route.path, framed(edge, route));
  app.notFound(framed(edge, { path: 'unknown', handle: missing(routes) }));
  app.onError((error, c) => failed(edge, callOf(edge, c), error));
  return app;
}

const anonymous: Actor = { kind: 'anonymous' };

function callOf(edge: Edge, c: Context<Env>): Call {
  const incoming: IncomingMessage = c.env.incoming;
  const requestId = traceIdOf(incoming.headers['traceparent']);
  return {
    c,
    incoming,
    ctx: ctxFor(edge.deps, anonymous, requestId),
    headers: headersOf(edge, incoming.headers.origin),
    standing: edge.limits ? unlimited() : undefined,
  };
}

const secure = { 'strict-transport-security': 'max-age=31536000' };

function headersOf(edge: Edge, origin: string | undefined): Record<string, string> | undefined {
  const cors = corsHeaders(origin, edge.corsOrigins);
  return edge.secureCookies ? { ...secure, ...cors } : cors;
}

/** The limits of a route are counted before it does anything; that of a person or a key once it is known who it is. */
function overAddressLimit(edge: Edge, call: Call, route: Framed) {
  if (!edge.limits || !call.standing || route.limited === false) return undefined;
  edge.limits.address(call.incoming, call.standing);
  return overLimit(call);
}

type Framed = Pick<Route, 'path' | 'handle' | 'limited'>;

function framed(edge: Edge, route: Framed) {
  const { httpActive, httpDuration } = edge.metrics;
  const timers = new Map<string, { observe(seconds: number): void }>();
  return async (c: Context<Env>): Promise<Response> => {
    const startedAt = performance.now();
    httpActive.inc();
    const call = callOf(edge, c);
    let response: Response;
    try {
      const over = overAddressLimit(edge, call, route);
      response = over ? refuse(call, over) : await route.handle(call);
    } catch (error) {
      response = failed(edge, call, error);
    }
    httpActive.dec();
    const label = `${c.req.method} ${response.status}`;
    let timer = timers.get(label);
    if (!timer) {
      const method = knownMethods.has(c.req.method) ? c.req.method : 'OTHER';
      timer = httpDuration.labels(method, route.path, String(response.status));
      // A client may invent methods without end; only what HTTP knows gets an entry of its own.
      if (method !== 'OTHER') timers.set(label, timer);
    }
    timer.observe((performance.now() - startedAt) / 1_000);
    return response;
  };
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function failed(edge: Edge, call: Call, error: unknown): Response {
  const refusal = refusalOfFault(error);
  const fields = {
    traceId: call.ctx.requestId,
    // A sign-in link would be one for whoever reads the log.
    path: call.c.req.path.replace(/^\/sign-in\/.+/, '/sign-in/...'),
    method: call.c.req.method,
    err: error,
  };
  if (isFault(error)) edge.deps.log.warn(fields, `answered ${refusal.status}`);
  else edge.deps.log.error(fields, 'a request failed on our side');
  return refuse(call, refusal);
}

/** 405 with Allow where the address exists under another method, else 404. Reached by requests that matched no route. */
function missing(routes: Route[]) {
  const patterns = new Map<string, { pattern: RegExp; methods: Set<Method | 'HEAD'> }>();
  for (const { method, path } of routes) {
    const entry = patterns.get(path) ?? {
      pattern: new RegExp(`^${path.replace(/:[a-z]+/g, '[^/]+')}$`),
      methods: new Set<Method | 'HEAD'>(),
    };
    entry.methods.add(method);
    if (method === 'GET') entry.methods.add('HEAD');
    patterns.set(path, entry);
  }
  return (call: Call): Response => {
    const allowed = new Set<Method | 'HEAD'>();
    for (const { pattern, methods } of patterns.values()) {
      if (pattern.test(call.c.req.path)) for (const method of methods) allowed.add(method);
    }
    if (allowed.size === 0) return refuse(call, { status: 'route_unknown' });
    if (call.headers?.['access-control-allow-origin'] && call.c.req.method === 'OPTIONS') {
      return preflight(call.headers, allowed);
    }
    return refuse(call, { status: 'method_not_allowed' }, { allow: [...allowed].join(', ') });
  };
}
