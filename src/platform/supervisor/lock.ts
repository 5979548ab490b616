/**
 * One supervisor per data folder. The lock is a file with a pid, so it survives a `kill -9` of its owner and must be
 * recognized as stale then: the pid is gone, or belongs to a program that is not ours.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataFolder } from '../data-folder.ts';
import { commandLine } from '../embedded/leftover.ts';
import { exitCodes, Trouble } from '../trouble.ts';

export type Lock = { release(): void };

function ownerOf(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function alive(pid: number): boolean {
  return pid !== process.pid && (commandLine(pid)?.includes('holdfast') ?? false);
}

/** Makes the folder where there is none. Throws Trouble when it cannot be used, or another supervisor runs on it. */
export function takeLock(dataDir: string): Lock {
  makeDataFolder(dataDir);
  const file = join(dataDir, 'supervisor.lock');
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
      return {
        release() {
          if (ownerOf(file) === process.pid) rmSync(file, { force: true });
        },
      };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const owner = ownerOf(file);
    if (owner !== undefined && alive(owner)) {
      throw new Trouble(
        `Holdfast runs on ${dataDir} already (process ${owner})`,
        `Use that one, end it with "kill ${owner}", or set HOLDFAST_DATA_DIR (and PORT) for a second one.`,
        exitCodes.unavailable,
      );
    }
    setAside(file);
  }
  throw new Trouble(`the lock ${join(dataDir, 'supervisor.lock')} cannot be taken`, 'Remove that file.');
}

/** Renaming is atomic: of two that find the lock stale, one gets the file and the other looks again. */
function setAside(file: string): void {
  const stale = `${file}.${process.pid}`;
  try {
    renameSync(file, stale);
    rmSync(stale, { force: true });
  } catch {
    // Somebody else was faster.
  }
}
