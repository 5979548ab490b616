/**
 * The HTTP edge: the list of what is mounted, and the frame around every route. Each request gets a trace id, is timed
 * under its route's pattern, and ends in an answer: a fault becomes 503 or 500 as problem+json and a line in the log.
 */
import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { isFault } from '../domain/faults.ts';
import type { Actor } from '../features/context.ts';
import { type Call, type Edge, type Route, refuse } from './edge.ts';
import { refusalOfFault } from './on-fault.ts';
import { adminRoutes } from './routes/admin.ts';
import { eventRoutes } from './routes/events.ts';
import { holdRoutes } from './routes/holds.ts';
import { operationRoutes } from './routes/operations.ts';
import { pageRoutes } from './routes/pages.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { traceIdOf } from './trace.ts';

type Env = { Bindings: HttpBindings };
export type HttpApp = Hono<Env>;

/** `stopping` answers whether the server is on its way down: /readyz says no from then on. */
export function createHttpApp(edge: Edge, stopping: () => boolean): HttpApp {
  const routes: Route[] = [
    ...sessionRoutes(edge),
    ...eventRoutes(edge),
    ...holdRoutes(edge),
    ...adminRoutes(edge),
    ...operationRoutes(edge, stopping),
    ...pageRoutes(edge),
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
  return { c, incoming, ctx: { ...edge.deps, actor: anonymous, requestId } };
}

function framed(edge: Edge, route: Pick<Route, 'path' | 'handle'>) {
  const { httpActive, httpDuration } = edge.metrics;
  const timers = new Map<string, { observe(seconds: number): void }>();
  return async (c: Context<Env>): Promise<Response> => {
    const startedAt = performance.now();
    httpActive.inc();
    const call = callOf(edge, c);
    let response: Response;
    try {
      response = await route.handle(call);
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
    path: call.c.req.path,
    method: call.c.req.method,
    err: error,
  };
  if (isFault(error)) edge.deps.log.warn(fields, `answered ${refusal.status}`);
  else edge.deps.log.error(fields, 'a request failed on our side');
  return refuse(call, refusal);
}

/** 405 with Allow where the address exists under another method, else 404. Reached by requests that matched no route. */
function missing(routes: Route[]) {
  const patterns = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  for (const { method, path } of routes) {
    const entry = patterns.get(path) ?? {
      pattern: new RegExp(`^${path.replace(/:[a-z]+/g, '[^/]+')}$`),
      methods: new Set<string>(),
    };
    entry.methods.add(method);
    if (method === 'GET') entry.methods.add('HEAD');
    patterns.set(path, entry);
  }
  return (call: Call): Response => {
    const allowed = new Set<string>();
    for (const { pattern, methods } of patterns.values()) {
      if (pattern.test(call.c.req.path)) for (const method of methods) allowed.add(method);
    }
    if (allowed.size === 0) return refuse(call, { status: 'route_unknown' });
    return refuse(call, { status: 'method_not_allowed' }, { allow: [...allowed].join(', ') });
  };
}
