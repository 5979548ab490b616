/** The header of a Lua command is its contract: it says what the TypeScript definition says, name by name. */
import { expect, test } from 'vitest';
import { eventKeyNames } from '../src/inventory/keys.ts';
import { allScripts } from '../src/inventory/load-scripts.ts';
import type { Script } from '../src/inventory/script.ts';
import { projectFiles, read } from './support/sources.ts';

const folder = 'src/inventory/lua/';
const commands = allScripts.filter((script) => script.name !== 'probe');

/** Types of the keys every command declares; a name that is missing here is missing in the contract. */
const keyTypes: Record<string, string> = {
  stock: 'hash',
  holds: 'hash',
  due: 'zset',
  closing: 'zset',
  buyers: 'hash',
  ended0: 'hash',
  ended1: 'hash',
  voided: 'set',
};

function header(script: Script, name: string): string {
  const line = new RegExp(`^-- ${name} (.+)$`, 'm').exec(read(`${folder}${script.name}.lua`));
  return line?.[1] ?? `(no ${name} line)`;
}

/** `tier, price (minor units), then per line: id, record` without what is in parentheses. */
function words(text: string): { args: string[]; each: string[] } {
  let plain = text;
  for (let before = ''; before !== plain; ) {
    before = plain;
    plain = plain.replace(/\s*\([^()]*\)/g, '');
  }
  const [args = '', each = ''] = plain.split(/,? ?then per \w+: /);
  const list = (part: string) => part.split(', ').filter((word) => word !== '');
  return { args: list(args), each: list(each) };
}

test('every command file has a definition, and every definition a file', () => {
  const there = projectFiles()
    .filter((path) => path.startsWith(folder) && !path.startsWith(`${folder}lib/`))
    .map((path) => path.slice(folder.length, -'.lua'.length));
  expect(there.sort()).toEqual(allScripts.map(({ name }) => name).sort());
});

test.each(commands.map((script) => [script.name, script] as const))('KEYS of %s', (_, script) => {
  const keys = [...eventKeyNames.map((name) => `${name} ${keyTypes[name]}`), 'journal stream'].join(', ');
  const markers = { none: '', one: ', marker string', each: ', then per basket: marker string' };
  expect(header(script, 'KEYS')).toBe(keys + markers[script.markers]);
});

test.each(commands.map((script) => [script.name, script] as const))('ARGV of %s', (_, script) => {
  const said = words(header(script, 'ARGV'));
  // The record of a sale is eight words with one documentation of its own, docs/data.md.
  const record = said.args.at(-1) === "then the sale record's eight words" ? 8 : 0;
  const args = ['event', ...script.args];
  expect(record ? said.args.slice(0, -1) : said.args).toEqual(record ? args.slice(0, -record) : args);
  expect(said.each).toEqual([...script.each]);
});

test.each(allScripts.map((script) => [script.name, script] as const))('RETURNS of %s', (name, script) => {
  const said = header(script, 'RETURNS');
  expect(said).toMatch(/^\{\w+/);
  // Every command but the probe, which is the test of the fence, can meet a stock it does not know.
  if (name !== 'probe') expect(said).toContain('{fenced}');
});
