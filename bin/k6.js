#!/usr/bin/env node
// `npm run k6 -- loadtests/last-ticket.ts [options of k6 run]`: runs a load test with k6 2. It takes the k6 on the PATH, else the
// one in .tools/, which it builds with Go when it is not there: the version and the checksums of all its parts stand
// in loadtests/k6. `npm run k6 -- --install` only does that; words that name no script are handed to k6 as they are.
// Without ADMIN_KEY and ADMIN_KEY_FILE the script is given the key that `npm start` keeps in its data folder.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const module = join(root, 'loadtests', 'k6');
const built = join(root, '.tools', 'k6');
/** Two cores take three minutes and a half with nothing downloaded yet. */
const buildMs = 900_000;

const words = process.argv.slice(2);
process.exitCode = await main();

async function main() {
  const k6 = find() ?? build();
  if (k6 === undefined) return 1;
  if (words[0] === '--install') return 0;
  const args = words[0]?.endsWith('.ts') ? ['run', ...words] : words;
  return run(k6, args.length > 0 ? args : ['help']);
}

/** A k6 of version 2: older ones do not run TypeScript as ours is written. */
function find() {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, 'k6'));
  return [...onPath, built].find((program) => existsSync(program) && / v?2\./.test(version(program)));
}

function version(program) {
  const { stdout } = spawnSync(program, ['version'], { encoding: 'utf8', timeout: 10_000 });
  return stdout ?? '';
}

function build() {
  const pinned = /go\.k6\.io\/k6\/v2 (v\S+)/.exec(readFileSync(join(module, 'go.mod'), 'utf8'))?.[1];
  const go = spawnSync('go', ['version'], { encoding: 'utf8', timeout: 10_000 });
  if (go.status !== 0) {
    console.error(
      `There is no k6 2 on the PATH, and no Go to build ${pinned} with.\n  Install k6 (https://grafana.com/docs/k6) or Go 1.25 or later.`,
    );
    return undefined;
  }
  console.error(
    `There is no k6 2 on the PATH: building ${pinned} with Go into .tools/k6, once; it takes minutes.`,
  );
  mkdirSync(dirname(built), { recursive: true });
  const args = ['build', '-mod=readonly', '-trimpath', '-ldflags=-s -w', '-o', built, 'go.k6.io/k6/v2'];
  const done = spawnSync('go', args, {
    cwd: module,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: buildMs,
  });
  if (done.status === 0) return built;
  console.error('k6 could not be built; what Go said stands above.');
  return undefined;
}

/** A script of k6 reads files beside itself; who types a path means the folder they are in. */
function environment() {
  const { ADMIN_KEY, ADMIN_KEY_FILE, EVENT_ID, HOLDFAST_DATA_DIR } = process.env;
  if (ADMIN_KEY) return process.env;
  if (ADMIN_KEY_FILE) return { ...process.env, ADMIN_KEY_FILE: resolve(ADMIN_KEY_FILE) };
  // An event that is there needs no key, and may be another Holdfast's.
  if (EVENT_ID) return process.env;
  const kept = resolve(HOLDFAST_DATA_DIR || '.data', 'keys', 'admin');
  return existsSync(kept) ? { ...process.env, ADMIN_KEY_FILE: kept } : process.env;
}

/** Resolves to the exit code of k6: 99 says that a threshold was crossed. */
function run(program, args) {
  const child = spawn(program, args, { cwd: process.cwd(), env: environment(), stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
