/** The folder everything of an installation lies in: made when it is not there, and said why when it cannot be used. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, exitCodes, Trouble } from './trouble.ts';

/** Throws Trouble. */
export function makeDataFolder(dir: string): void {
  try {
    makeFolder(dir);
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(dir, codeOf(error), error);
  }
  if (!statSync(dir).isDirectory()) throw unusable(dir, 'it is no folder');
}

/** Postgres, run as another user, passes through; what is inside has modes of its own. (Node's `recursive` never ends where a folder is that takes none.) */
function makeFolder(dir: string): void {
  if (existsSync(dir)) return;
  makeFolder(dirname(dir));
  try {
    mkdirSync(dir, { mode: 0o711 });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

function unusable(dir: string, why: string, cause?: unknown): Trouble {
  return new Trouble(
    `the data folder ${dir} cannot be used: ${why}`,
    'Set HOLDFAST_DATA_DIR to a folder that you may write to.',
    exitCodes.failed,
    { cause },
  );
}
