/** The package as its users get it: built for browsers and Node alike, and the README's program, run by plain Node. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audited, onSale } from '../test/support/client.ts';
import { freshDatabase } from '../test/support/database.ts';
import { type Live, startLive } from '../test/support/live.ts';
import { type Site, startSite } from '../test/support/site.ts';
import { generate, target } from './generate-types.ts';
import { defaultLimits } from './index.ts';

const run = promisify(execFile);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const readme = readFileSync(here('README.md'), 'utf8');

let dir: string;
let site: Site;
let live: Live;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-client-'));
  site = await startSite(await freshDatabase(), { availabilityFreshMs: 1 });
  live = await startLive(site);
});
afterAll(async () => {
  await live?.stop();
  await site?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('the program of the README runs on the built package, and ends by itself', async () => {
  const modules = join(dir, 'node_modules');
  const home = join(modules, '@holdfast', 'client');
  mkdirSync(home, { recursive: true });
  cpSync(here('package.json'), join(home, 'package.json'));
  // With a browser's types and without Node's: what it uses is there in both.
  const tsc = here('../node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', here('tsconfig.json'), '--outDir', join(home, 'dist')]);
  symlinkSync(here('../node_modules/ws'), join(modules, 'ws'));
  const program = [...readme.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code).join('\n');
  writeFileSync(join(dir, 'fan.mjs'), program);

  const show = await onSale(site, [100], { name: 'Readme' });
  const env = { PATH: process.env['PATH'] ?? '', HOLDFAST_URL: live.url };
  const { stdout } = await run(process.execPath, ['fan.mjs'], { cwd: dir, env, timeout: 20_000 });
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toBe('Readme');
  for (const line of ['now live', '100 left', '98 left']) expect(lines).toContain(line);
  expect(stdout).toMatch(/^mine until 2\d{3}-/m);
  expect((await audited(site, show)).lines[0].redis.held).toBe(0);
}, 60_000);

test('the types are those of the OpenAPI document; `npm run client:types` makes them anew', async () => {
  expect(readFileSync(target, 'utf8')).toBe(await generate());
}, 60_000);

test('the README has every number, as it is', () => {
  const rows = [...readme.matchAll(/^\| (`[A-Za-z`, ]+`) \| ([\d, ]+) \|/gm)].flatMap(
    ([, names = '', values = '']) => {
      const numbers = values.split(', ').map(Number);
      return [...names.matchAll(/`(\w+)`/g)].map(([, name = ''], index) => [name, numbers[index]] as const);
    },
  );
  expect(Object.fromEntries(rows)).toEqual(defaultLimits);
});
