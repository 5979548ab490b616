import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { readIdempotencyKey } from './idempotency.ts';

const read = (key: string | undefined) =>
  readIdempotencyKey({ headers: { 'idempotency-key': key } } as unknown as IncomingMessage);

test.each([
  ['abc', 'abc'],
  ['"abc"', 'abc'],
  ['"a\\"b\\\\c"', 'a"b\\c'],
  ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
  ['k'.repeat(255), 'k'.repeat(255)],
  ['!~', '!~'],
])('%s names the key %s', (header, key) => {
  expect(read(header)).toEqual({ status: 'key', key });
});

test.each([
  ['k'.repeat(256)],
  ['a b'],
  ['"a b"'],
  ['"'],
  ['""'],
  ['"abc'],
  ['a\u0000b'],
  ['schlüssel'],
  ['"a"b"'],
])('%s is no key', (header) => {
  expect(read(header).status).toBe('input_invalid');
});

test.each([[undefined], ['']])('%s is missing', (header) => {
  expect(read(header).status).toBe('idempotency_key_missing');
});
