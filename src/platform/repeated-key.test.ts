import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeatedKey } from './repeated-key.ts';

const found = (text: string) => repeatedKey(text, JSON.parse(text))?.pointer;

test.each([
  ['{"a":1,"a":2}', '/a'],
  ['{"a":1,"b":{"c":[1,{"d":1,"e":2,"d":3}]}}', '/b/c/1/d'],
  ['{"a":1,"\\u0061":2}', '/a'],
  ['{"a/b":1,"~":2,"a/b":3}', '/a~1b'],
  ['{"":1,"":2}', '/'],
  ['[{"a":1},{"a":1,"a":1}]', '/1/a'],
  ['{"__proto__":1,"__proto__":2}', '/__proto__'],
  ['{"a":"{\\"b\\":1","a":"x"}', '/a'],
  ['{ "a" : [ ] , "a" : { } }', '/a'],
])('%s repeats %s', (text, pointer) => {
  expect(found(text)).toBe(pointer);
});

test('a text that an object was written to never repeats, and always does with its first member again', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
      (plain, object) => {
        expect(found(JSON.stringify(plain))).toBeUndefined();
        const text = JSON.stringify(object);
        const [key, value] = Object.entries(object)[0] ?? ['', null];
        const again = `{${JSON.stringify(key)}:${JSON.stringify(value)},${text.slice(1)}`;
        expect(found(again)).toBe(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      },
    ),
    { numRuns: 500 },
  );
});

test('strings of sixteen million characters are passed over', () => {
  const long = 'x'.repeat(16_000_000);
  expect(found(`{"a":"${long}","a":1}`)).toBe('/a');
  expect(found(`{"a":"${long}","b":1}`)).toBeUndefined();
});
