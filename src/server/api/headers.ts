/** The headers of answers, each described once. */
import type { RefusalCode } from '../../domain/refusals.ts';
import type { Answer, HeaderName, Operation } from './operation.ts';

type Header = { name: string; description: string; schema: object };

const text = { type: 'string' };

export const headers = {
  location: { name: 'Location', description: 'Where it is from here on.', schema: text },
  etag: {
    name: 'ETag',
    description: 'Names this state of it.',
    schema: { type: 'string', pattern: '^(W/)?".+"$' },
  },
  link: {
    name: 'Link',
    description: 'RFC 8288: rel="next" is the following page.',
    schema: { type: 'string', pattern: 'rel="next"' },
  },
  'cache-control': { name: 'Cache-Control', description: 'Who may keep it for how long.', schema: text },
  'idempotency-replayed': {
    name: 'Idempotency-Replayed',
    description: 'An earlier request with this key had the effect.',
    schema: { const: 'true' },
  },
  'set-cookie': { name: 'Set-Cookie', description: 'The session, for browsers.', schema: text },
  allow: { name: 'Allow', description: 'The methods this address takes.', schema: text },
  'retry-after': {
    name: 'Retry-After',
    description: 'Seconds after which the same request may be sent again.',
    schema: { type: 'string', pattern: '^[0-9]+$' },
  },
  ratelimit: {
    name: 'RateLimit',
    description:
      'draft-ietf-httpapi-ratelimit-headers: what is left (r) and when it is whole again (t, seconds).',
    schema: { type: 'string', pattern: '^"[a-z]+";r=[0-9]+;t=[0-9]+' },
  },
  'ratelimit-policy': {
    name: 'RateLimit-Policy',
    description: 'The limits that apply: q requests in w seconds.',
    schema: { type: 'string', pattern: '^"[a-z]+";q=[0-9]+;w=[0-9]+' },
  },
} satisfies Record<string, Header>;

export type AnyHeader = keyof typeof headers;

const refer = (name: AnyHeader, required: boolean) => [
  headers[name].name,
  required
    ? { required: true, ...withoutName(name) }
    : { $ref: `#/components/headers/${headers[name].name}` },
];

function withoutName(name: AnyHeader): object {
  const { name: _, ...rest } = headers[name];
  return rest;
}

const limits = (operation: Operation) =>
  operation.limited === false ? [] : [refer('ratelimit', false), refer('ratelimit-policy', false)];

export function headersOf(operation: Operation, answer: Answer): object {
  const named = (names: HeaderName[] | undefined, required: boolean) =>
    (names ?? []).map((name) => refer(name, required));
  return Object.fromEntries([
    ...named(answer.headers, true),
    ...named(answer.maybe, false),
    ...limits(operation),
  ]);
}

/** What may pass says when to try again; what never passes does not. */
export function headersOfProblem(operation: Operation, status: number, codes: RefusalCode[]): object {
  const retry = status === 429 || status === 503 || codes.includes('idempotency_key_running');
  const always = status === 429 || (status === 503 && operation.id !== 'readyz');
  return Object.fromEntries([
    ...(retry ? [refer('retry-after', always)] : []),
    ...(status === 429 ? [refer('ratelimit', true), refer('ratelimit-policy', true)] : limits(operation)),
  ]);
}
