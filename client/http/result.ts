/** How a call ends. What the server refuses is a value, and its `code` is of the operation's own list. */
import type { components, operations } from '../generated/api.ts';

export type Schemas = components['schemas'];
export type OperationId = keyof operations;

type Responses<Id extends OperationId> = operations[Id]['responses'];

/** Codes that an operation may be refused with, as the document has them. */
export type CodesOf<Id extends OperationId> = {
  [Status in keyof Responses<Id>]: Responses<Id>[Status] extends {
    content: { 'application/problem+json': { code?: infer Code } };
  }
    ? Extract<Code, string>
    : never;
}[keyof Responses<Id>];

/**
 * What happened on the way, and not on the server: no answer came in any attempt (`no_answer`: whether the request had its
 * effect is unknown; the same key may be sent again), the caller gave up (`aborted`), or what came is no answer of a
 * Holdfast (`answer_unreadable`).
 */
export type LocalCode = 'no_answer' | 'aborted' | 'answer_unreadable';

/** As RFC 9457 has it. `status` is 0 where there was no answer. */
export type Problem<Code extends string = string> =
  | (Omit<Schemas['Problem'], 'code'> & { code: Code })
  | { code: LocalCode; title: string; status: number; detail: string };

export type Failure<Code extends string = string> = {
  ok: false;
  problem: Problem<Code>;
  /** What the server asked to wait before the same request is sent again. */
  retryAfterMs: number | undefined;
};

export type Success<Value> = {
  ok: true;
  value: Value;
  status: number;
  headers: Headers;
};

export type Result<Id extends OperationId, Value> = Success<Value> | Failure<CodesOf<Id>>;
