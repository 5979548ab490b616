/** A program that a test started and ends: whatever it says is kept for the message of a failure. */
import { spawn } from 'node:child_process';

export type Program = {
  said(): string;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** Sends the signal (nothing, when it has ended) and waits. */
  stop(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
};

export function startProgram(
  command: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Program {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const keep = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('error', (error) => {
      text += String(error);
      resolve(127);
    });
    child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
  });
  return {
    said: () => text,
    ended,
    stop(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended;
    },
  };
}
