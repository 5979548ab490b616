/**
 * `npm run chaos:money`: `--orders N`, `--kills N`, `--seconds N` over which the buyers come, `--seed N` (or HOLDFAST_SEED) for the
 * same crowd, the same kills and the same faults of the sandbox, `--out DIR` for the checker's files. Exit 1 when anything was violated.
 */
import { randomInt } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { storm } from './storm.ts';

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '5000' },
    kills: { type: 'string', default: '40' },
    seconds: { type: 'string', default: '330' },
    seed: { type: 'string' },
    out: { type: 'string' },
  },
});
const seed = Number(values.seed ?? process.env['HOLDFAST_SEED'] ?? randomInt(2 ** 31));
const runDir = values.out ?? mkdtempSync(join(tmpdir(), 'holdfast-storm-'));
const [orders, kills, seconds] = [values.orders, values.kills, values.seconds].map(Number) as [
  number,
  number,
  number,
];

console.log(
  `seed ${seed}: ${orders} buyers in ${seconds} s, ${kills} kills; the files of this run: ${runDir}`,
);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.log(`${signal}: stopping`);
    stop.abort();
  });
}
const result = await storm({
  ...{ seed, orders, kills, seconds, runDir },
  onProgress: (line) => console.log(line),
  signal: stop.signal,
}).catch((error: unknown) => {
  if (stop.signal.aborted) process.exit(130);
  throw error;
});

function table(title: string, rows: Record<string, number | string>): void {
  console.log(`\n${title}`);
  for (const [name, value] of Object.entries(rows))
    console.log(`  ${name.padEnd(52)}${String(value).padStart(10)}`);
}
const sorted = (rows: Record<string, number>) =>
  Object.fromEntries(Object.entries(rows).sort(([one], [other]) => (one < other ? -1 : 1)));
const { told, ...struck } = result.webhooks;
const share = (count: number) => `${count} (${((100 * count) / Math.max(1, told)).toFixed(1)} %)`;
const backs = result.kills.map(({ backMs }) => backMs).sort((one, other) => one - other);
const killsOf: Record<string, number> = {};
for (const { name } of result.kills) killsOf[name] = (killsOf[name] ?? 0) + 1;

table('buyers', sorted(result.endings));
table('answers', sorted(result.answers));
table('records', result.records);
table('kill -9', {
  ...sorted(killsOf),
  'back after, median and longest, s': `${inSeconds(backs[Math.floor(backs.length / 2)])} ${inSeconds(backs.at(-1))}`,
});
table('webhooks', {
  told,
  ...Object.fromEntries(Object.entries(struck).map(([name, count]) => [name, share(count)])),
});
table('faults of calls', result.calls);
table(
  'the provider, minor units',
  Object.fromEntries(
    Object.entries(result.totals).map(([currency, { captured, refunded, net }]) => [
      currency,
      `${captured} - ${refunded} = ${net}`,
    ]),
  ),
);
console.log(`\n${result.checks.join('\n')}`);

const missed = [
  ...(told > 1_000 && struck.duplicate < told * 0.2
    ? ['fewer than 20 % of the webhooks were duplicated']
    : []),
  ...(told > 1_000 && struck.reorder < told * 0.2 ? ['fewer than 20 % of the webhooks were reordered'] : []),
  ...(told > 1_000 && struck.drop < told * 0.1 ? ['fewer than 10 % of the webhooks were dropped'] : []),
  ...(result.kills.length < kills ? [`only ${result.kills.length} kills`] : []),
];
const violations = [...result.violations, ...missed];
for (const line of violations) console.log(line);
const quiet = result.quietMs === undefined ? 'never quiet' : `quiet after ${inSeconds(result.quietMs)} s`;
console.log(
  `${violations.length} violations, ${quiet}; the crowd took ${inSeconds(result.crowdMs)} s, seed ${seed}`,
);
process.exit(violations.length === 0 ? 0 : 1);

function inSeconds(ms = 0): string {
  return (ms / 1_000).toFixed(1);
}
