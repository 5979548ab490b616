/** Processes of the benchmarks' own: TypeScript files of bench/, started with tsx and ended by whoever started them. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Load, LoadResult } from '../drivers/http-load.ts';

const fileOf = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const startMs = 30_000;

export type OwnServer = { url: string; pid: number; stop(): Promise<void> };

/** A server of bench/servers that says its port. */
export async function startServer(name: string, args: string[] = []): Promise<OwnServer> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileOf(`servers/${name}.ts`), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const port = await said(child, /port (\d+)/);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? -1,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function said(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('a server of the benchmark did not say its port'));
    }, startMs);
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      const match = pattern.exec(text);
      if (!match) return;
      clearTimeout(timer);
      resolve(match[1] as string);
    });
    child.once('exit', (code) => reject(new Error(`a server of the benchmark ended with ${code}`)));
  });
}

/** Runs a program of bench/drivers to its end; its argument and its answer are JSON. */
export async function drive<Answer>(name: string, argument: object, boundMs: number): Promise<Answer> {
  const args = ['--import', 'tsx', fileOf(`drivers/${name}.ts`), JSON.stringify(argument)];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    timeout: boundMs,
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Answer;
}

export function httpLoad(load: Load): Promise<LoadResult> {
  return drive('http-load', load, (load.seconds + 30) * 1000);
}
