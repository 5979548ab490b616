/** A program that a test started and ends: whatever it says is kept for the message of a failure. */
import { spawn } from 'node:child_process';

export type Program = {
  said(): string;
  /** What somebody types. Only for a program that was started with `typing`. */
  write(text: string): void;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** Sends the signal (nothing, when it has ended) and waits. */
  stop(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
};

export function startProgram(
  command: string,
  args: string[],
  { typing = false, ...options }: { cwd?: string; env?: Record<string, string>; typing?: boolean } = {},
): Program {
  const child = spawn(command, args, { ...options, stdio: [typing ? 'pipe' : 'ignore', 'pipe', 'pipe'] });
  let text = '';
  const keep = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('error', (error) => {
      text += String(error);
      resolve(127);
    });
    child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
  });
  return {
    said: () => text,
    write(what) {
      if (!child.stdin) throw new Error('nobody types into this program');
      child.stdin.write(what);
    },
    ended,
    stop(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended;
    },
  };
}
