import { expect, test } from 'vitest';
import { createLog, withoutPasswords } from './log.ts';

function logged(pretty: boolean, fields: object, message: string): string {
  const lines: string[] = [];
  createLog({ name: 'test', level: 'info', pretty, write: (line) => lines.push(line) }).info(fields, message);
  return lines.join('');
}

test.each([true, false])('secrets do not reach the log (pretty: %s)', (pretty) => {
  const text = logged(
    pretty,
    {
      password: 'hunter2',
      request: { headers: { authorization: 'Bearer hunter2', cookie: 'hunter2' } },
      err: new Error('cannot reach postgres://holdfast:hunter2@127.0.0.1:5432/holdfast'),
      url: 'redis://:hunter2@127.0.0.1:6379',
    },
    'tried rediss://user:hunter2@cache.example:6379/0',
  );
  expect(text).not.toContain('hunter2');
  expect(text).toContain('postgres://holdfast:***@127.0.0.1:5432/holdfast');
});

test('an address without a password stays as it is', () => {
  expect(withoutPasswords('see http://127.0.0.1:8080/v1 and a:b@c')).toBe(
    'see http://127.0.0.1:8080/v1 and a:b@c',
  );
});

test('a line for people has time, name, level, message and fields', () => {
  expect(logged(true, { port: 8080 }, 'listening')).toMatch(
    /^\d\d:\d\d:\d\d test {3}info {2}listening port=8080\n$/,
  );
});
