/** What our own documents tell people to type does what they say. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { projectFiles, read, root } from './support/sources.ts';

const files = projectFiles();
// A change log names commands; it does not tell anybody to type them.
const documents = files.filter((path) => /\.(md|yml|sh)$/.test(path) && path !== 'CHANGELOG.md');
const speakers = [
  ...documents,
  ...files.filter((path) => /^(src|bin|demo|loadtests|bench)\/.*\.(ts|js)$/.test(path)),
];

/** `npm run` takes options for itself, and what it knows is gone: an import without --dry-run imports. */
function swallowed(text: string): string[] {
  const commands = [...text.matchAll(/\bnpm run (?:-s |--silent )?([^`\n|;&#]+)/g)];
  return commands
    .filter(([, words = '']) => / -\w| --\w/.test(words.split(/ --(?: |$)/)[0] ?? ''))
    .map(([all]) => all);
}

test('nothing told to type hands options to npm that are meant for the program', () => {
  expect(speakers.flatMap((path) => swallowed(read(path)).map((all) => `${path}: ${all}`))).toEqual([]);
  const bad = ['npm run -s holdfast event import F --dry-run', 'npm run demo --fans 3', '`npm run x -v`'];
  expect(bad.filter((each) => swallowed(each).length === 0)).toEqual([]);
  const good = ['npm run k6 -- a.ts --quiet', 'npm run -s walks', 'npm run secrets   # makes x --y'];
  expect(good.flatMap(swallowed)).toEqual([]);
});

test('the program is named as it can be typed: npx holdfast', () => {
  const bare =
    /(?:^\$? ?|`|"|: |; )holdfast (?:dev|serve|worker|event|keys|verify|journal|doctor|migrate|openapi)\b/gm;
  const found = speakers
    .filter((path) => documents.includes(path) || /^src\/cli\//.test(path))
    .flatMap((path) => {
      // A comment speaks of a command of the program, not of what somebody types.
      const text = read(path).replace(/\/\*\*[\s\S]*?\*\/|^\s*(?:\/\/|#(?!#)).*$/gm, '');
      return [...text.matchAll(bare)].map(([all]) => `${path}: ${all}`);
    });
  expect(found).toEqual([]);
});

test('what npx and a shell start is executable, so that npx has nothing to change', () => {
  const listed = execFileSync('git', ['ls-files', '-s', 'bin'], { cwd: root, encoding: 'utf8' });
  const programs = listed
    .trim()
    .split('\n')
    .map((line) => ({ mode: line.slice(0, 6), path: line.split('\t')[1] ?? '' }))
    .filter(({ path }) => read(path).startsWith('#!'));
  expect(programs.filter(({ mode }) => mode !== '100755')).toEqual([]);
  expect(programs.map(({ path }) => path)).toContain('bin/holdfast.js');
});
