/** Runs test files in a tree and says how they ended. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export type TestRun = {
  end: 'passed' | 'failed' | 'broken' | 'hung';
  /** The first failing test, or what the run said last. */
  said: string;
  seconds: number;
};

type Report = {
  success: boolean;
  numPassedTests: number;
  testResults: { message: string; assertionResults: { status: string; fullName: string }[] }[];
};

const hungMs = 240_000;
const graceMs = 5_000;
const outputMax = 20_000;

/** Files, and perhaps only the tests with a name. */
export type TestSet = { caughtBy: string[]; named?: string; env?: Record<string, string> };

/**
 * `failed` means a test that ran did not hold. When none could run (a file that does not load, a hook that fails) it is
 * `broken`: that proves nothing about the tests.
 */
export async function runTests(root: string, { caughtBy, named, env }: TestSet): Promise<TestRun> {
  const startedAt = performance.now();
  const reportPath = join(root, 'mutant-report.json');
  rmSync(reportPath, { force: true });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--bail=1', '--reporter=json', `--outputFile=${reportPath}`, ...caughtBy];
  if (named !== undefined) args.push('--testNamePattern', named);
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (piece: Buffer) => {
    output = (output + piece.toString()).slice(-outputMax);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  let hung = false;
  const timers = [
    setTimeout(() => {
      hung = true;
      child.kill('SIGTERM');
    }, hungMs),
    setTimeout(() => child.kill('SIGKILL'), hungMs + graceMs),
  ];
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  for (const timer of timers) clearTimeout(timer);
  const seconds = (performance.now() - startedAt) / 1_000;
  if (hung) return { end: 'hung', said: `no end within ${hungMs / 1_000} s`, seconds };
  if (!existsSync(reportPath)) return { end: 'broken', said: output.trim().slice(-500), seconds };
  const report = JSON.parse(readFileSync(reportPath, 'utf8')) as Report;
  if (report.success && report.numPassedTests > 0) return { end: 'passed', said: '', seconds };
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failing = tests.find(({ status }) => status === 'failed');
  if (failing) return { end: 'failed', said: failing.fullName, seconds };
  const message = report.testResults.map((file) => file.message).find((text) => text !== '');
  return { end: 'broken', said: (message ?? output).trim().slice(0, 500), seconds };
}
