/**
 * Which answers are asked for again, and when. Whoever asks again sends the same key, so nothing happens twice; a refusal is
 * an answer and is never asked for again.
 */
import { backoffMs } from '../clock.ts';
import type { Shared } from '../options.ts';

export type Attempt = { status: number; code: string | undefined; retryAfterMs: number | undefined };

/** Whether the same request can be answered otherwise in a moment. Status 0: no answer came. */
export function mayPass({ status, code }: Attempt): boolean {
  // A success that was cut short on its way is as unknown as no answer.
  if (code === 'answer_unreadable' && status < 400) return true;
  return status === 0 || status === 429 || status >= 500 || code === 'idempotency_key_running';
}

/** Ms to wait before attempt number `made + 1`; undefined when there is to be none. `spentMs`: since the call. */
export function waitMs(
  attempt: Attempt,
  { made, attemptsMax, spentMs }: { made: number; attemptsMax: number; spentMs: number },
  { limits, clock }: Pick<Shared, 'limits' | 'clock'>,
): number | undefined {
  if (!mayPass(attempt) || made >= attemptsMax) return undefined;
  const bounds = { baseMs: limits.retryBaseMs, maxMs: limits.retryMaxMs };
  // On top of what was asked for: everybody was told the same number of seconds.
  const wait = (attempt.retryAfterMs ?? 0) + backoffMs(made - 1, bounds, clock.random);
  return spentMs + wait > limits.requestTotalMs ? undefined : wait;
}

/** A date of HTTP begins with its weekday; without that, `Date.parse` finds a date in nearly every number. */
const datePattern = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/** Of the header, which has seconds or a date. */
export function readRetryAfter(text: string | null, nowUnixMs: number): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = datePattern.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowUnixMs);
}
