/** Processor time of processes, from /proc: user and system, in ticks of 10 ms. Linux only; NaN elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';

const tickMs = 10;

/** `ended`: of its children that have ended and were waited for. */
type Stat = { parent: number; ms: number; ended: number };

function statOf(pid: number | string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may contain spaces; what follows it begins with the state.
    const words = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ms = (user: number) => (Number(words[user]) + Number(words[user + 1])) * tickMs;
    return { parent: Number(words[1]), ms: ms(11), ended: ms(13) };
  } catch {
    return undefined;
  }
}

export function cpuMs(pid: number): number {
  return statOf(pid)?.ms ?? Number.NaN;
}

/** A process and its children, those that have ended too: a Postgres with its backends. */
export function cpuMsWithChildren(pid: number): number {
  let children = 0;
  try {
    for (const name of readdirSync('/proc')) {
      const stat = /^\d+$/.test(name) ? statOf(name) : undefined;
      if (stat?.parent === pid) children += stat.ms;
    }
  } catch {
    return Number.NaN;
  }
  const own = statOf(pid);
  return own === undefined ? Number.NaN : own.ms + own.ended + children;
}
