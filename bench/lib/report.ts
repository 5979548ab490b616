/** What a benchmark says: figures of every side, settings, and gates with the goal beside them; printed and kept as JSON. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

export type Gate = {
  what: string;
  value: number;
  /** The value must be at least (or at most) this; else the run fails. */
  bound: 'at least' | 'at most';
  gate: number;
  /** What we would like; missing it fails nothing. */
  goal?: number;
  unit: string;
};

export type Report = {
  settings: Record<string, string | number>;
  /** One row a side or step, in the order they are to be read. */
  figures: Record<string, string | number>[];
  gates: Gate[];
  /** What else is to be known about this run. */
  notes?: string[];
};

export type Options = { quick: boolean };

export type Benchmark = {
  name: string;
  title: string;
  run(options: Options): Promise<Report>;
};

const resultsDir = fileURLToPath(new URL('../results/', import.meta.url));
const repository = fileURLToPath(new URL('../../', import.meta.url));

export function holds({ value, bound, gate }: Gate): boolean {
  return bound === 'at least' ? value >= gate : value <= gate;
}

/** Three digits are more than two shared cores can tell apart. */
export function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(value >= 1000 ? 5 : 3)) : value;
}

function shown(value: string | number): string {
  return typeof value === 'number'
    ? rounded(value).toLocaleString('en-US', { maximumFractionDigits: 3 })
    : value;
}

export function print(benchmark: Benchmark, report: Report): void {
  console.log(`\n${benchmark.name}: ${benchmark.title}`);
  const settings = Object.entries(report.settings).map(([name, value]) => `${name} ${shown(value)}`);
  console.log(`  ${settings.join(', ')}`);
  for (const row of report.figures) {
    const cells = Object.entries(row).map(([name, value]) =>
      name === 'side' ? String(value).padEnd(36) : `${name} ${shown(value)}`,
    );
    console.log(`  ${cells.join('  ')}`);
  }
  for (const gate of report.gates) {
    const { what, value, bound, goal, unit } = gate;
    const met = goal === undefined ? '' : `, goal ${goal} ${reached(gate, goal) ? 'reached' : 'missed'}`;
    console.log(
      `  ${holds(gate) ? 'pass' : 'FAIL'}  ${what}: ${shown(value)} ${unit} (${bound} ${gate.gate}${met})`,
    );
  }
  for (const note of report.notes ?? []) console.log(`  note: ${note}`);
}

function reached(gate: Gate, goal: number): boolean {
  return holds({ ...gate, gate: goal });
}

/** `bench/results/<name>.json`: the figures, the commit they belong to and what they ran on. */
export function write(
  benchmark: Benchmark,
  report: Report,
  versions: Record<string, string>,
  quick: boolean,
): void {
  mkdirSync(resultsDir, { recursive: true });
  const result = {
    benchmark: benchmark.name,
    title: benchmark.title,
    commit: commit(),
    at: new Date().toISOString(),
    quick,
    versions,
    cpus: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    settings: report.settings,
    figures: report.figures.map(roundedRow),
    gates: report.gates.map((gate) => ({ ...gate, value: rounded(gate.value), pass: holds(gate) })),
    ...(report.notes ? { notes: report.notes } : {}),
  };
  writeFileSync(`${resultsDir}${benchmark.name}.json`, `${JSON.stringify(result, null, 2)}\n`);
}

function roundedRow(row: Record<string, string | number>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'number' ? rounded(value) : value]),
  );
}

/** With a plus when files of the program differ from that commit. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim();
  try {
    const changed = git(
      'status',
      '--porcelain',
      '--untracked-files=no',
      '--',
      'src',
      'bin',
      'package-lock.json',
    );
    return git('rev-parse', '--short=10', 'HEAD') + (changed === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
}
