/**
 * Pages of other origins. Only those that are configured may call from a browser, and never with the cookie: they send a
 * bearer token. What is public anyway says so itself (routes/events.ts).
 */
import type { Method } from './edge.ts';

const asked = 'authorization, content-type, idempotency-key, if-match, if-none-match, traceparent';
const exposed =
  'etag, link, location, retry-after, ratelimit, ratelimit-policy, idempotency-replayed, date, allow';
const preflightSeconds = 600;

/** For answers to a page of an allowed origin; undefined for every other request. */
export function corsHeaders(
  origin: string | undefined,
  allowed: ReadonlySet<string> | undefined,
): Record<string, string> | undefined {
  if (origin === undefined || !(allowed?.has(origin) || allowed?.has('*'))) return undefined;
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': exposed, vary: 'origin' };
}

/** The answer to a browser that asks beforehand. */
export function preflight(headers: Record<string, string>, methods: Iterable<Method | 'HEAD'>): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...headers,
      'access-control-allow-methods': [...methods].join(', '),
      'access-control-allow-headers': asked,
      'access-control-max-age': String(preflightSeconds),
      'cache-control': 'no-store',
    },
  });
}
