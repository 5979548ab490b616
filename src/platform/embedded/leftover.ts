/**
 * Servers that outlived us (we were killed with no chance to stop them) are found by their pid file and ended before new
 * ones start on the same data. A pid may belong to somebody else by now, so the command line must name our data folder.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a leftover may take to stop by itself: it may have data to write. */
const politeMs = 10_000;
const killedMs = 5_000;

export function writePid(file: string, pid: number): void {
  writeFileSync(file, `${pid}\n`, { mode: 0o600 });
}

export function clearPid(file: string): void {
  rmSync(file, { force: true });
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** The command line of a live process; undefined when there is none (a zombie has none either). */
export function commandLine(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined;
    }
    return (
      execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
    );
  } catch {
    return undefined;
  }
}

/** True when the file's pid is a live process whose command line contains `marker`. */
export function findLeftover(pidFile: string, marker: string): number | undefined {
  const pid = readPid(pidFile);
  if (pid === undefined || pid === process.pid) return undefined;
  return commandLine(pid)?.includes(marker) ? pid : undefined;
}

/** Ends what `pidFile` names if it is ours; returns the pid it ended. Throws when it will not go. */
export async function endLeftover(
  pidFile: string,
  marker: string,
  signal: NodeJS.Signals,
): Promise<number | undefined> {
  const pid = findLeftover(pidFile, marker);
  if (pid !== undefined) {
    const gone =
      (await signalled(pid, marker, signal, politeMs)) || (await signalled(pid, marker, 'SIGKILL', killedMs));
    if (!gone)
      throw new Error(`process ${pid} (${marker}) is left over from an earlier start and cannot be ended`);
  }
  clearPid(pidFile);
  return pid;
}

async function signalled(
  pid: number,
  marker: string,
  signal: NodeJS.Signals,
  waitMs: number,
): Promise<boolean> {
  const live = () => commandLine(pid)?.includes(marker) ?? false;
  const end = Date.now() + waitMs;
  try {
    process.kill(pid, signal);
  } catch {
    return !live();
  }
  while (live()) {
    if (Date.now() > end) return false;
    await sleep(25);
  }
  return true;
}
