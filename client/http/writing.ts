/** What calls are written with: keys, paths, and how an answer is read. */
import type { CallOptions } from './request.ts';

export type WriteOptions = CallOptions & {
  /**
   * Names the intention; made for you where you give none. Give your own to be able to go on after your program has ended: the
   * same key with the same basket is the same hold, however often it is sent.
   */
  idempotencyKey?: string;
};

/** `replayed`: an earlier request with this key had the effect. */
export type Written<Value> = Value & { replayed: boolean };
/** What to send again, should the outcome be unknown. */
export type WithKey = { idempotencyKey: string };

export const json =
  <Value>() =>
  ({ text }: { text: string }) =>
    JSON.parse(text) as Value;

export const written =
  <Value extends object>() =>
  ({ text, headers }: { text: string; headers: Headers }): Written<Value> => ({
    ...(JSON.parse(text) as Value),
    replayed: headers.get('idempotency-replayed') === 'true',
  });

export const at = (strings: TemplateStringsArray, ...ids: string[]) =>
  String.raw({ raw: strings }, ...ids.map(encodeURIComponent));

/** `crypto.randomUUID` is missing in pages that came over plain http; random bytes are not. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A page of a list. */
export function paged(path: string, { limit, after }: { limit?: number; after?: string }): string {
  const query = new URLSearchParams();
  if (limit !== undefined) query.set('limit', String(limit));
  if (after !== undefined) query.set('after', after);
  return query.size > 0 ? `${path}?${query}` : path;
}
