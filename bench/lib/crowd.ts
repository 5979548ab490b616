/** The driver of sockets, held by its standard input: it listens until it is asked what it heard. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Crowd, Heard } from '../drivers/sockets.ts';

export type Listening = { heard(): Promise<Heard> };

const readyMs = 120_000;

export async function gather(crowd: Crowd): Promise<Listening> {
  const file = fileURLToPath(new URL('../drivers/sockets.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, JSON.stringify(crowd)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const exited = once(child, 'exit');
  const end = Date.now() + readyMs;
  while (!text.includes('ready\n')) {
    const over = child.exitCode !== null || Date.now() > end;
    if (over) {
      child.kill('SIGKILL');
      throw new Error(`the crowd did not gather: ${text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    async heard() {
      child.stdin.end();
      await exited;
      return JSON.parse(text.slice(text.indexOf('ready\n') + 'ready\n'.length)) as Heard;
    },
  };
}

/** Resident memory of a process, KB. Linux only; NaN elsewhere. */
export function rssKb(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return Number.NaN;
  }
}
