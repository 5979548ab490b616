/** The program itself, as a person starts it: `node bin/holdfast.js ...` with an environment of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const recorder = new URL('conformance/load.js', import.meta.url).href;

export const program = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));

export type Holdfast = {
  pid: number;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** Waits until stderr matches, and returns the match. */
  said(pattern: RegExp, boundMs?: number): Promise<RegExpExecArray>;
};

/** An empty data folder that any user may pass through: Postgres runs as another one when the tests run as root. */
export async function dataDir(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-data-'));
  await chmod(dir, 0o711);
  return dir;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Programs that a test starts are heard too, and so are the programs that they start. */
export function recorded(): Record<string, string> {
  const folder = process.env['HOLDFAST_TEST_ANSWERS'];
  if (!folder) return {};
  return { HOLDFAST_TEST_ANSWERS: folder, NODE_OPTIONS: `--import ${recorder}` };
}

export function holdfast(args: string[], env: Record<string, string> = {}): Holdfast {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], {
    // What the test's own environment says about addresses and keys must not leak in.
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '/',
      HOLDFAST_REDIS_SERVER: process.env['HOLDFAST_REDIS_SERVER'] ?? '',
      LOG_FORMAT: 'json',
      ...recorded(),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  let done = false;
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      done = true;
      resolve(code ?? signal ?? 1);
    });
  });
  return {
    pid: child.pid ?? -1,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => void child.kill(signal),
    ended,
    async said(pattern, boundMs = 60_000) {
      const end = Date.now() + boundMs;
      for (;;) {
        const match = pattern.exec(stderr);
        if (match) return match;
        if (done || Date.now() > end) throw new Error(`${pattern} was not said; what was said:\n${stderr}`);
        await sleep(25);
      }
    },
  };
}

/** Runs it to its end. */
export async function runHoldfast(args: string[], env: Record<string, string> = {}) {
  const running = holdfast(args, env);
  const code = await running.ended;
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

/** Waits until `condition` holds, with a generous end. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  boundMs = 30_000,
) {
  const end = Date.now() + boundMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`it did not come true within ${boundMs} ms: ${what}`);
    await sleep(25);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie still has a pid; it is gone for everybody but its parent.
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
