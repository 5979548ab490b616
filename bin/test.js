#!/usr/bin/env node
// `npm test`: types, formatting and lint, then every test. Ends with the line `N passed, N failed`. Words after `--` are
// handed to vitest (`npm test -- src/inventory`). It works on a machine that has nothing but Node: Redis is looked for,
// and installed, as `npm start` does; Postgres came with npm ci.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';
import { prepareTools } from './test-tools.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// CI is given 15 minutes in all; what hangs must still end in a verdict.
const boundsMs = { typecheck: 180_000, lint: 60_000, vitest: 780_000 };
// All of them are `npm run walks`.
process.env.HOLDFAST_WALKS ??= '500';
const filters = process.argv.slice(2);

let passed = 0;
let failed = 0;
const seconds = [];

process.exitCode = await main();

async function main() {
  try {
    await findRedis();
    await step('typecheck', ['typescript/bin/tsc', '-p', 'tsconfig.json']);
    await step('lint', ['@biomejs/biome/bin/biome', 'check', '.']);
    const startedAt = performance.now();
    prepareTools(root, filters);
    seconds.push(['Prometheus and k6', (performance.now() - startedAt) / 1000]);
    await vitest();
  } catch (error) {
    failed += 1;
    console.error(error instanceof Error ? `${error.message}\n${error.fix ?? ''}` : error);
  }
  console.log('\nSeconds by suite:');
  for (const [name, value] of seconds) console.log(`  ${value.toFixed(1).padStart(7)}  ${name}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function findRedis() {
  register();
  const { redisServer } = await import('../src/platform/embedded/install-redis.ts');
  process.env.HOLDFAST_REDIS_SERVER = await redisServer({
    path: process.env.PATH ?? '',
    wanted: process.env.HOLDFAST_REDIS_SERVER || undefined,
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    isRoot: process.getuid?.() === 0,
    say: (line) => console.error(line),
  });
}

// Resolves to whether the program ended well. The path is below node_modules, so npm's own wrappers are not needed.
async function node(name, args) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(root, 'node_modules', args[0]), ...args.slice(1)], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const timer = setTimeout(() => {
    console.error(`${name} took longer than ${boundsMs[name] / 1000} s and was ended`);
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
  }, boundsMs[name]);
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (exit) => resolve(exit ?? 1));
  });
  clearTimeout(timer);
  return { ok: code === 0, seconds: (performance.now() - startedAt) / 1000 };
}

async function step(name, args) {
  const done = await node(name, args);
  seconds.push([name, done.seconds]);
  if (done.ok) passed += 1;
  else failed += 1;
  console.log(`${done.ok ? 'ok    ' : 'FAILED'} ${name}`);
}

async function vitest() {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-tests-'));
  const report = join(dir, 'report.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters];
  try {
    const done = await node('vitest', ['vitest/vitest.mjs', ...args]);
    count(JSON.parse(readFileSync(report, 'utf8')), done);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function count(report, done) {
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  // A file that did not load, a skipped test or an error outside of any test is a failure too.
  const silent = report.numTotalTests - report.numPassedTests - report.numFailedTests;
  if (silent > 0) console.error(`${silent} tests were skipped`);
  failed += silent;
  if (!done.ok && report.numFailedTests + silent === 0) failed += 1;
  const suites = new Map();
  for (const file of report.testResults) {
    const [top = '', second = ''] = relative(root, file.name).split(/[\\/]/);
    const suite = second.endsWith('.ts') ? top : `${top}/${second}`;
    suites.set(suite, (suites.get(suite) ?? 0) + (file.endTime - file.startTime) / 1000);
  }
  for (const suite of [...suites].sort()) seconds.push(suite);
  seconds.push(['all tests, by the clock', done.seconds]);
}
