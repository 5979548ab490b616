import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mutated, readMutants } from './patches.ts';

const root = join(import.meta.dirname, '..', '..');
const mutants = await readMutants();

test('there are mutants enough, each breaks something of its own', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(12);
  expect(new Set(mutants.map(({ file, find, replace }) => `${file} ${find} ${replace}`)).size).toBe(
    mutants.length,
  );
});

test.each(mutants)('$name still fits the code', (mutant) => {
  expect(mutated(mutant, root)).toHaveProperty('text');
  expect(mutant.replace).not.toBe(mutant.find);
  expect(mutant.breaks).toMatch(/\.$/);
  for (const file of mutant.caughtBy) expect(existsSync(join(root, file)), file).toBe(true);
});

test('the faults of README.md have patches, and each of its ten has one', () => {
  const rows = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8').matchAll(/^\| .+ \| (`.+) \|$/gm);
  const named = [...rows].map(([, cell = '']) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
  expect(named.filter((names) => names.length > 0)).toHaveLength(10);
  const known = mutants.map(({ name }) => name);
  expect(named.flat().filter((name) => !known.includes(name!))).toEqual([]);
});

test('a name that is no mutant is refused', async () => {
  await expect(readMutants(['nobody'])).rejects.toThrow('no mutant is named nobody');
});
