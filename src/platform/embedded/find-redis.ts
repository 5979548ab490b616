/** Where a Redis (or Valkey) can be had on this machine. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['redis-server', 'valkey-server'];
/** Service managers and cron jobs start programs with a short PATH. */
const usualDirs = ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin', '/usr/local/opt/redis/bin'];

export function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first of `programs` on the path, or undefined. */
export function onPath(programs: string[], path: string): string | undefined {
  const dirs = [...path.split(delimiter).filter((dir) => dir !== ''), ...usualDirs];
  for (const program of programs) {
    for (const dir of dirs) {
      if (executable(join(dir, program))) return join(dir, program);
    }
  }
  return undefined;
}

/** `wanted` is what the operator named (HOLDFAST_REDIS_SERVER): then nothing else will do. */
export function findRedis(path: string, wanted?: string): string | undefined {
  if (wanted !== undefined) return executable(wanted) ? wanted : undefined;
  return onPath(names, path);
}
