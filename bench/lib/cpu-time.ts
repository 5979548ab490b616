/** Processor time of processes, from /proc: user and system, in ticks of 10 ms. Linux only; NaN elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';

const tickMs = 10;

type Stat = { parent: number; ms: number };

function statOf(pid: number | string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may contain spaces; what follows it begins with the state.
    const words = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(words[1]), ms: (Number(words[11]) + Number(words[12])) * tickMs };
  } catch {
    return undefined;
  }
}

export function cpuMs(pid: number): number {
  return statOf(pid)?.ms ?? Number.NaN;
}

/** A process and its children that live: a Postgres with its backends. */
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
  return cpuMs(pid) + children;
}
