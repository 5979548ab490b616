/**
 * The Idempotency-Key header: 1 to 255 visible ASCII characters, bare or as a quoted string (draft-ietf-httpapi-idempotency-key-header-07
 * asks for quotes, most clients send none); both spell the same key. It is scoped by principal and route, so two
 * people who pick the same key never meet.
 */
import type { IncomingMessage } from 'node:http';
import type { Refused } from './problem.ts';

const visible = /^[\x21-\x7e]{1,255}$/;
const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

export type Key = { status: 'key'; key: string } | Refused;

export function readIdempotencyKey(incoming: IncomingMessage): Key {
  const header = incoming.headers['idempotency-key'];
  if (header === undefined || header === '') return { status: 'idempotency_key_missing' };
  const text = typeof header === 'string' ? header : header.join(',');
  const inside = text.charCodeAt(0) === 0x22 ? quoted.exec(text)?.[1]?.replace(/\\(.)/g, '$1') : text;
  if (inside === undefined || !visible.test(inside)) {
    return {
      status: 'input_invalid',
      errors: [{ header: 'Idempotency-Key', detail: 'must be 1 to 255 visible ASCII characters' }],
    };
  }
  return { status: 'key', key: inside };
}
