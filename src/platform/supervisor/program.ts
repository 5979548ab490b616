/**
 * One of our own programs (`serve`, `worker`) as a child process. It says over the IPC channel when it is ready; the
 * channel's end tells it that we are gone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { within } from '../embedded/child.ts';
import { exitCodes, Trouble } from '../trouble.ts';
import type { Running } from './part.ts';

export type ProgramOptions = {
  name: string;
  /** The file and the arguments Node gets. */
  args: string[];
  env: Record<string, string | undefined>;
  /** How long it may take to get ready; it migrates nothing, but a worker rebuilds Redis first. */
  readyMs: number;
  /** Its own shutdown is bounded by SHUTDOWN_GRACE_MS; this is above it. */
  stopMs: number;
  /** Ends a start that is under way. */
  abort: AbortSignal;
};

export type Ready = { ready: true; address?: string };

function isReady(message: unknown): message is Ready {
  return typeof message === 'object' && message !== null && 'ready' in message && message.ready === true;
}

export async function startProgram(
  options: ProgramOptions,
): Promise<Running & { pid: number; address?: string }> {
  const child = spawn(process.execPath, options.args, {
    env: options.env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A process group of its own: Ctrl-C reaches only us, and we stop the parts in order.
    detached: true,
  });
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  const ready = new Promise<Ready>((resolve) => {
    child.on('message', (message) => {
      if (isReady(message)) resolve(message);
    });
  });
  const end = () => child.kill('SIGTERM');
  options.abort.addEventListener('abort', end, { once: true });
  if (options.abort.aborted) end();
  const first = await within(Promise.race([ready, exited]), options.readyMs);
  options.abort.removeEventListener('abort', end);
  if (!first || !('ready' in first)) {
    await stopProgram(child, exited, options.stopMs);
    const how = first
      ? `ended with ${first.signal ?? `exit code ${first.code}`}`
      : `was not ready after ${options.readyMs} ms`;
    throw new Trouble(`${options.name} ${how}`, 'Its own messages above say why.', exitCodeOf(first));
  }
  return {
    pid: child.pid ?? -1,
    ...(first.address === undefined ? {} : { address: first.address }),
    exited,
    stop: () => stopProgram(child, exited, options.stopMs),
  };
}

function exitCodeOf(ended: { code: number | null } | Ready | undefined) {
  return ended && 'code' in ended && ended.code === exitCodes.unavailable
    ? exitCodes.unavailable
    : exitCodes.failed;
}

async function stopProgram(child: ChildProcess, exited: Promise<unknown>, stopMs: number): Promise<void> {
  child.kill('SIGTERM');
  if ((await within(exited, stopMs)) === undefined) {
    child.kill('SIGKILL');
    await exited;
  }
}
