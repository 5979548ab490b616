/**
 * A server process that belongs to us. It runs in a process group of its own, so that Ctrl-C on the terminal reaches
 * only us and we end our servers in the order users feel it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

export type Exit = { code: number | null; signal: NodeJS.Signals | null };

export type OwnedChild = {
  pid: number;
  /** Settles when the process is gone, however it ended; never rejects. */
  exited: Promise<Exit>;
  running(): boolean;
  /** Sends `signals` one after the other, each given its time, and SIGKILL at the end. */
  stop(signals: { signal: NodeJS.Signals; waitMs: number }[]): Promise<Exit>;
};

export type ChildOptions = {
  command: string;
  args: string[];
  /** stdout and stderr are appended here. */
  logFile: string;
  cwd: string;
  env: Record<string, string>;
  uid?: number | undefined;
  gid?: number | undefined;
  /** Sent to the child when we are killed with no chance to stop it. */
  orphanSignal: 'INT' | 'TERM';
};

/** Leaves a server and a worker that lose us at the same time the time to finish their requests. */
const orphanWaitSeconds = 3;

/** Throws when the program cannot be started at all (not found, no permission). */
export async function startChild(options: ChildOptions): Promise<OwnedChild> {
  const log = openSync(options.logFile, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', log, log],
      detached: true,
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid }),
    });
  } finally {
    closeSync(log);
  }
  let ended: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = { code, signal };
      resolve(ended);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid ?? -1;
  const guard = startGuard(pid, options.orphanSignal);
  void exited.then(() => guard.kill('SIGKILL'));
  return {
    pid,
    exited,
    running: () => ended === undefined,
    async stop(signals) {
      for (const { signal, waitMs } of signals) {
        if (ended) return ended;
        child.kill(signal);
        const done = await within(exited, waitMs);
        if (done) return done;
      }
      child.kill('SIGKILL');
      return exited;
    },
  };
}

/**
 * A shell that waits for the end of its input, which comes when we are gone, and then ends the child: `kill -9` of the
 * supervisor leaves no server behind. It costs a megabyte; the parent-death signal of Linux is not to be had from Node.
 */
function startGuard(pid: number, signal: string): ChildProcess {
  const script = `while read -r _; do :; done; sleep ${orphanWaitSeconds}; kill -s ${signal} ${pid} 2>/dev/null`;
  const guard = spawn('/bin/sh', ['-c', script, 'holdfast-guard'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
  });
  // Without a shell there is no guard; the next start finds what was left.
  guard.on('error', () => {});
  guard.stdin?.on('error', () => {});
  guard.unref();
  // The pipe is a socket of ours: it must not keep us from ending.
  if (guard.stdin && 'unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
  return guard;
}

/** What the promise gives, or undefined when `ms` pass first. */
export async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The end of a log file, for a message that says why a server did not start. */
export function lastLines(file: string, lines = 8): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

/**
 * Asks `probe` until it answers. Gives up when the process ends or after `boundMs`; the error then carries the last
 * answer of the probe and the end of the server's log.
 */
export async function untilReady(
  name: string,
  child: OwnedChild,
  logFile: string,
  boundMs: number,
  probe: () => Promise<void>,
): Promise<void> {
  const end = Date.now() + boundMs;
  let last: unknown;
  while (child.running() && Date.now() < end) {
    try {
      return await probe();
    } catch (error) {
      last = error;
    }
    await within(child.exited, 50);
  }
  const how = child.running() ? `did not answer within ${boundMs / 1000} s` : 'ended while starting';
  const cause = last instanceof Error ? ` (${last.message})` : '';
  throw new Error(`${name} ${how}${cause}. Its log ends with:\n${lastLines(logFile)}`);
}
