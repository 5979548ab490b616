/**
 * `npm run bench`: every benchmark, or those named (`npm run bench -- p1 p3`); `--quick` measures shorter and less sharply.
 * Exits 1 when a gate fails or a benchmark does.
 */
import { execFileSync } from 'node:child_process';
import { type Benchmark, holds, print, write } from './lib/report.ts';
import { p1 } from './p1-http-reserve.ts';
import { p2 } from './p2-for-update.ts';
import { p3 } from './p3-redis-cpu.ts';
import { p4 } from './p4-latency.ts';
import { p5 } from './p5-write-behind.ts';
import { p6 } from './p6-money.ts';
import { p7 } from './p7-cleanup.ts';
import { p8 } from './p8-fanout.ts';

const benchmarks: Benchmark[] = [p1, p2, p3, p4, p5, p6, p7, p8];

const words = process.argv.slice(2);
const quick = words.includes('--quick');
const named = words.filter((word) => !word.startsWith('-'));
const unknown = named.filter((name) => !benchmarks.some((benchmark) => benchmark.name.startsWith(name)));
if (unknown.length > 0) {
  console.error(
    `there is no benchmark ${unknown.join(', ')}; there are ${benchmarks.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

const redisVersion = /v=(\S+)/.exec(
  execFileSync(process.env['HOLDFAST_REDIS_SERVER'] || 'redis-server', ['--version'], { encoding: 'utf8' }),
)?.[1];
const versions = { node: process.version, redis: redisVersion ?? 'unknown' };

let failed = 0;
for (const benchmark of benchmarks) {
  if (named.length > 0 && !named.some((name) => benchmark.name.startsWith(name))) continue;
  try {
    const report = await benchmark.run({ quick });
    print(benchmark, report);
    write(benchmark, report, versions, quick);
    failed += report.gates.filter((gate) => !holds(gate)).length;
  } catch (error) {
    failed += 1;
    console.error(`\n${benchmark.name} did not finish:`, error);
  }
}
console.log(failed === 0 ? '\nevery gate holds' : `\n${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
