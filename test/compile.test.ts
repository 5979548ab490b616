/** What a start compiles: made once, made anew when a source changes, and done without where nothing can be kept. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compiled } from '../bin/compile.js';
import { root } from './support/sources.ts';

let dir: string;
let folder: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-compile-'));
  folder = relative(root, join(dir, 'src'));
  mkdirSync(join(dir, 'src'));
  source('entry.ts', "export { told } from './told.ts'; export const here: string = import.meta.url;");
  source('told.ts', "export const told = 'once' as string;");
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

function source(name: string, text: string): void {
  writeFileSync(join(dir, 'src', name), text);
}

const compile = (cache: string) => compiled(join(folder, 'entry.ts'), [folder], join(dir, cache));
const load = async (address: string | undefined) =>
  (await import(/* @vite-ignore */ address ?? '')) as { told: string; here: string };

test('the same sources are compiled once, also by many at once, and a changed one is not missed', async () => {
  const [first, ...others] = await Promise.all([compile('cache'), compile('cache'), compile('cache')]);
  expect(others).toEqual([first, first]);
  expect(readdirSync(join(dir, 'cache'))).toHaveLength(1);
  expect(await load(first)).toMatchObject({ told: 'once' });
  expect((await load(first)).here).toBe(new URL(`file://${join(dir, 'src', 'entry.ts')}`).href);
  source('told.ts', "export const told = 'then' as string;");
  const second = await compile('cache');
  expect(await load(second)).toMatchObject({ told: 'then' });
  source('told.test.ts', 'a test is no part of it');
  expect(await compile('cache')).toBe(second);
});

test('where nothing can be written there is nothing to import, and a mistake in the sources is told', async () => {
  writeFileSync(join(dir, 'file'), '');
  expect(await compile('file/cache')).toBeUndefined();
  source('told.ts', 'export const told = ;');
  await expect(compile('other')).rejects.toThrow('Unexpected ";"');
  expect(readdirSync(join(dir, 'other'))).toEqual([]);
});
