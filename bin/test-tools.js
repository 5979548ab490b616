// What some tests need beside Redis and Postgres: Prometheus with promtool, and k6. Looked for, and got where that needs no
// question; a test that misses its tool fails and says what to type. Made before the tests run: a compiler beside them would
// take the processor from tests that measure time.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const installMs = 300_000;
/** Two idle cores build k6 in 200 s with nothing downloaded, in seconds once Go has its parts. */
const k6Ms = 600_000;

/** `filters`: what npm test was asked to run; nothing is got for tests that do not run. */
export function prepareTools(root, filters) {
  const mine = (name) =>
    filters.length === 0 || filters.some((filter) => `test/stack/${name}`.includes(filter));
  if (mine('dashboards.test.ts') || mine('promtool.test.ts')) preparePrometheus();
  if (mine('k6.test.ts')) {
    const done = spawnSync(process.execPath, [join(root, 'bin/k6.js'), '--install'], {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: k6Ms,
    });
    if (done.status !== 0) console.error('k6 is not there: the load tests will fail.');
  }
}

function preparePrometheus() {
  if (onPath('prometheus') && onPath('promtool')) return;
  const words = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'prometheus'];
  const alone = process.getuid?.() === 0 && process.stdin.isTTY !== true && onPath('apt-get');
  if (!alone) {
    console.error(
      'There is no prometheus on the PATH: its tests will fail. On Debian: apt-get install prometheus',
    );
    return;
  }
  console.error(`installing Prometheus: ${words.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const [command, ...args] of [['apt-get', 'update', '-qq'], words]) {
    spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: installMs });
  }
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
