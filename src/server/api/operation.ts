/**
 * What a route promises, as data: the OpenAPI document is made of it, and a test recorder holds every answer against that
 * document. Nothing here is read while a request is answered.
 */
import type { z } from 'zod';
import type { RefusalCode } from '../../domain/refusals.ts';
import type { Scope } from '../../features/keys/scopes.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export const tags = {
  sessions: 'A person without a name: a token that stands for whoever holds it.',
  events: 'What is on sale and what is left of it. Public, cacheable, the same for everybody.',
  holds: 'Tickets in one person’s basket, for a while.',
  orders: 'A basket that is being paid, or was.',
  tickets: 'What was bought: who has it, its code, and what became of it.',
  doors: 'For scanners: check-in, with a network and without.',
  organizers: 'The organizer’s side. Answered once the change is in the records.',
  operations: 'For those who run it.',
  pages: 'What people see in a browser.',
} as const;

export type HeaderName =
  | 'location'
  | 'etag'
  | 'link'
  | 'cache-control'
  | 'idempotency-replayed'
  | 'set-cookie';

export type Answer = {
  status: number;
  description: string;
  /** Of a JSON body; without it and without `type` there is no body. */
  schema?: z.ZodType;
  /** Of a body that is not JSON: one type, or any of several. */
  type?: string | string[];
  /** Always there. */
  headers?: HeaderName[];
  /** There when the description says so. */
  maybe?: HeaderName[];
};

export type Operation = {
  method: Method;
  /** As it is mounted: `/v1/events/:event`. */
  path: string;
  /** operationId: what generated clients call it. */
  id: string;
  tag: keyof typeof tags;
  summary: string;
  description?: string;
  /** Who may: everybody, a person's session, or an API key with one of these scopes. */
  auth: 'nobody' | 'session' | Scope[];
  query?: z.ZodObject;
  body?: z.ZodType;
  /** The body may be left out. */
  bodyOptional?: true;
  /** Needs an Idempotency-Key. `remembered`: the answer is kept in the records, and a second one at once is told to wait. */
  idempotent?: 'derived' | 'remembered';
  /** `if-match` is needed, `if-none-match` may be sent. */
  conditional?: 'if-match' | 'if-none-match';
  answers: Answer[];
  /** What it refuses besides what follows from the fields above. */
  refusals: RefusalCode[];
  /** Counted against a limit. */
  limited?: false;
};

const inventoryFaults: RefusalCode[] = ['inventory_unavailable', 'outcome_unknown'];
const recordFaults: RefusalCode[] = ['records_behind', 'records_unavailable'];
const bodyRefusals: RefusalCode[] = [
  'media_type_unsupported',
  'body_too_large',
  'body_not_json',
  'body_key_repeated',
  'input_invalid',
];
const named: [parameter: string, code: RefusalCode][] = [
  [':event', 'event_unknown'],
  [':tier', 'tier_unknown'],
  [':hold', 'hold_unknown'],
  [':ticket', 'ticket_unknown'],
  [':reconciliation', 'reconciliation_unknown'],
  [':order', 'order_unknown'],
  [':promo', 'promo_code_unknown'],
  [':step', 'price_step_unknown'],
  [':refund', 'refund_unknown'],
];

/** Every refusal and fault an operation may be answered with. */
export function refusalsOf(operation: Operation): RefusalCode[] {
  const { auth, path } = operation;
  const codes = new Set<RefusalCode>(['request_malformed', 'internal_fault', ...operation.refusals]);
  const add = (when: unknown, more: RefusalCode[]) => {
    if (when) for (const code of more) codes.add(code);
  };
  add(auth === 'session', ['session_required']);
  add(Array.isArray(auth), ['admin_key_required', 'scope_missing', ...recordFaults]);
  add(operation.body, bodyRefusals);
  add(operation.query, ['input_invalid']);
  add(operation.idempotent, ['idempotency_key_missing', 'input_invalid']);
  add(operation.idempotent === 'remembered', ['idempotency_key_reused', 'idempotency_key_running']);
  add(operation.conditional === 'if-match', ['precondition_required', 'version_conflict', 'input_invalid']);
  add(operation.limited !== false, ['rate_limited']);
  for (const [parameter, code] of named) add(path.includes(parameter), [code]);
  add(/:(event|hold|order|ticket)/.test(path), [...inventoryFaults, ...recordFaults]);
  return [...codes];
}

const marks = /:([a-z]+)/g;

/** `/v1/events/{event}`, as OpenAPI writes it. */
export const templateOf = (path: string) => path.replace(marks, '{$1}');
export const parametersOf = (path: string) => [...path.matchAll(marks)].map(([, name = '']) => name);
