/**
 * Every answer that is not a success is `application/problem+json` (RFC 9457). The code of the refusal names the section
 * of docs/problems.md that says what to do about it.
 */
import { showId } from '../domain/ids.ts';
import { type Refusal, type RefusalCode, refusals } from '../domain/refusals.ts';

/** `pointer` is a JSON Pointer into the body; `header` or `parameter` names what else was wrong. */
export type InputError = { detail: string } & (
  | { pointer: string }
  | { header: string }
  | { parameter: string }
);

export type Refused = Refusal & {
  errors?: InputError[];
  /** Of `scope_missing`: any of these would do. */
  scopes?: string[];
  /** Of `rate_limited`: the policies, and when the last of them is whole again. */
  violated?: string[];
  retryAfterSeconds?: number;
};

/** The one refusal whose type is registered for everybody. */
const quotaExceeded = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

export type Where = {
  /** Path of the request. */
  instance: string;
  traceId: string;
};

/** Seconds after which the same request may be sent again, for what passes by itself. A provider that is down takes longer. */
const retryAfterSeconds = 1;
const retryPaymentSeconds = 15;
/** What waits at the door of checkout is served within seconds. */
const retryCheckoutSeconds = 3;

function retryAfter(code: RefusalCode): number {
  if (code === 'payments_unavailable') return retryPaymentSeconds;
  return code === 'checkout_busy' ? retryCheckoutSeconds : retryAfterSeconds;
}

export function problem(refusal: Refused, where: Where, headers?: Record<string, string>): Response {
  const { status, title } = refusals[refusal.status];
  const body: Record<string, unknown> = {
    type: refusal.status === 'rate_limited' ? quotaExceeded : `/problems#${refusal.status}`,
    title,
    status,
    detail: refusal.detail ?? title,
    instance: where.instance,
    code: refusal.status,
    traceId: where.traceId,
  };
  if (refusal.errors) body['errors'] = refusal.errors;
  if (refusal.conflicts) {
    body['conflicts'] = refusal.conflicts.map(({ tier, ...conflict }) => ({
      tierId: showId('tier', tier),
      ...conflict,
    }));
  }
  if (refusal.scopes) body['scopes'] = refusal.scopes;
  if (refusal.violated) body['violated-policies'] = refusal.violated;
  if (refusal.supported) body['supported'] = refusal.supported;
  if (refusal.total) body['total'] = refusal.total;
  if (refusal.minimum !== undefined) body['minimum'] = refusal.minimum;
  if (refusal.from !== undefined && refusal.from > 0) body['from'] = new Date(refusal.from).toISOString();
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(status === 503 || status === 429 || refusal.status === 'idempotency_key_running'
        ? { 'retry-after': String(refusal.retryAfterSeconds ?? retryAfter(refusal.status)) }
        : undefined),
      ...headers,
    },
  });
}
