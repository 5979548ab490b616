import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ownSchema, readOwn } from './own-format.ts';

const docs = new URL('../../../docs/', import.meta.url);

test('docs/import.schema.json is what the reader checks (vitest -u writes it anew)', async () => {
  const text = `${JSON.stringify(ownSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../../docs/import.schema.json');
});

test('the example of docs/import.md is one', () => {
  const text = readFileSync(new URL('import.md', docs), 'utf8');
  const [, example = ''] = /```json\n(.*?)```/s.exec(text) ?? [];
  const { events, findings } = readOwn(JSON.parse(example));
  expect(findings).toEqual([]);
  expect(events.map(({ plan, findings: said }) => [plan?.ref, said])).toEqual([
    ['https://box.example/e/1', []],
  ]);
});
