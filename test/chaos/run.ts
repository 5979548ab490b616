/**
 * `npm run chaos`: `--seed N` (or HOLDFAST_SEED) replays a schedule, `--rounds N` says how many faults, `--out DIR` where the
 * checker's files go. Exit 1 when anything was violated.
 */
import { randomInt } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Round, runChaos } from './chaos.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, rounds: { type: 'string' }, out: { type: 'string' } },
});
const seed = Number(values.seed ?? process.env['HOLDFAST_SEED'] ?? randomInt(2 ** 31));
const rounds = Number(values.rounds ?? 46);
const runDir = values.out ?? mkdtempSync(join(tmpdir(), 'holdfast-chaos-'));
const healMaxMs = 10_000;

const seconds = (ms: number) => (ms / 1_000).toFixed(2).padStart(6);

function show({ fault, healMs, lost, violations }: Round, index: number): void {
  const target = fault.kind === 'kill server' || fault.kind === 'kill worker' ? ` ${fault.target + 1}` : '';
  const cut = fault.kind === 'aof cut' ? ` ${fault.cutSeconds} s` : '';
  const what = `${fault.kind}${target}${cut}`.padEnd(18);
  const verdict = violations.length === 0 ? 'ok' : violations.join('; ');
  console.log(
    `${String(index + 1).padStart(3)}  ${what}${seconds(healMs)} s  ${String(lost).padStart(4)} lost  ${verdict}`,
  );
}

console.log(`seed ${seed}, ${rounds} faults; the files of this run: ${runDir}`);
const beganAt = performance.now();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.log(`${signal}: stopping after this fault`);
    stop.abort();
  });
}
const result = await runChaos({
  seed,
  rounds,
  runDir,
  healMaxMs,
  onRound: show,
  signal: stop.signal,
}).catch((error: unknown) => {
  if (stop.signal.aborted) process.exit(130);
  throw error;
});

console.log('\nfault              times   median      max');
for (const kind of new Set(result.rounds.map(({ fault }) => fault.kind))) {
  const heals = result.rounds.filter(({ fault }) => fault.kind === kind).map(({ healMs }) => healMs);
  heals.sort((one, other) => one - other);
  const median = heals[Math.floor(heals.length / 2)] ?? 0;
  console.log(
    `${kind.padEnd(16)}${String(heals.length).padStart(8)} ${seconds(median)} s ${seconds(heals.at(-1) ?? 0)} s`,
  );
}
const violations = result.rounds.flatMap((round) => round.violations);
console.log(
  `\n${result.requests} requests, ${result.acked} holds promised, ${result.unknown} answers unknown; the checker read ${result.operations} operations and ${result.facts} facts`,
);
for (const line of [...violations, ...result.findings]) console.log(line);
const found = violations.length + result.findings.length;
console.log(`${found} violations in ${((performance.now() - beganAt) / 1_000).toFixed(0)} s, seed ${seed}`);
process.exit(found === 0 ? 0 : 1);
