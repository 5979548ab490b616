/** A call: up to `requestAttemptsMax` attempts, each with a timeout; nothing of it is left when it is answered. */
import type { Shared } from '../options.ts';
import type { Failure, LocalCode, OperationId, Result } from './result.ts';
import { readRetryAfter, waitMs } from './retry.ts';

export type CallOptions = {
  signal?: AbortSignal;
  /** Of one attempt. */
  timeoutMs?: number;
  attemptsMax?: number;
};

export type Ask = {
  method: 'GET' | 'POST' | 'DELETE';
  /** With the query. */
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
};

type Answer = { status: number; headers: Headers; text: string };

export const aborted: Failure = local('aborted', 'The caller gave up', '');

export async function call<Id extends OperationId, Value>(
  shared: Shared,
  ask: Ask,
  options: CallOptions,
  read: (answer: Answer) => Value,
): Promise<Result<Id, Value>> {
  const { clock, limits } = shared;
  const attemptsMax = options.attemptsMax ?? limits.requestAttemptsMax;
  const startedAt = clock.now();
  for (let made = 1; ; made++) {
    const result = await once(shared, ask, options, read);
    if (result.ok || result.problem.code === 'aborted') return result as Result<Id, Value>;
    const { problem, retryAfterMs } = result;
    const spent = { made, attemptsMax, spentMs: clock.now() - startedAt };
    const wait = waitMs({ status: problem.status, code: problem.code, retryAfterMs }, spent, shared);
    if (wait === undefined) return result as Result<Id, Value>;
    if (!(await pause(shared, wait, options.signal))) return aborted as Result<Id, Value>;
  }
}

async function once<Value>(
  shared: Shared,
  ask: Ask,
  options: CallOptions,
  read: (answer: Answer) => Value,
): Promise<Result<OperationId, Value> | Failure> {
  const answer = await answerTo(shared, ask, options);
  if ('ok' in answer) return answer;
  const { status, headers, text } = answer;
  try {
    if (status < 400) return { ok: true, value: read(answer), status, headers };
    const problem = JSON.parse(text) as Failure['problem'];
    if (typeof problem.code !== 'string') throw new SyntaxError('no code');
    return { ok: false, problem: { ...problem, status }, retryAfterMs: retryAfterOf(headers) };
  } catch {
    // A proxy in between answered, or cut it short.
    const failure = local('answer_unreadable', 'This is no answer of a Holdfast', text.slice(0, 200), status);
    return { ...failure, retryAfterMs: retryAfterOf(headers) };
  }
}

const retryAfterOf = (headers: Headers) => readRetryAfter(headers.get('retry-after'), Date.now());

async function answerTo(shared: Shared, ask: Ask, options: CallOptions): Promise<Answer | Failure> {
  const { signal } = options;
  if (signal?.aborted) return aborted;
  const control = new AbortController();
  const giveUp = () => control.abort();
  signal?.addEventListener('abort', giveUp);
  const timeoutMs = options.timeoutMs ?? shared.limits.requestTimeoutMs;
  const timer = shared.clock.after(timeoutMs, giveUp);
  try {
    const response = await shared.fetch(shared.baseUrl + ask.path, {
      method: ask.method,
      headers: headersOf(shared, ask),
      signal: control.signal,
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    if (signal?.aborted) return aborted;
    const late = control.signal.aborted;
    return local('no_answer', late ? `No answer within ${timeoutMs} ms` : 'No answer came', String(error));
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', giveUp);
  }
}

function headersOf({ token }: Shared, { headers, body }: Ask): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
}

/** Resolves to false when the caller gave up meanwhile. */
function pause({ clock }: Shared, ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (whole: boolean) => {
      timer.cancel();
      signal?.removeEventListener('abort', giveUp);
      resolve(whole);
    };
    const giveUp = () => end(false);
    const timer = clock.after(ms, () => end(true));
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp);
  });
}

function local(code: LocalCode, title: string, detail: string, status = 0): Failure {
  return { ok: false, problem: { code, title, status, detail }, retryAfterMs: undefined };
}
