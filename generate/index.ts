/**
 * `npm run generate`: writes every file that is made from a source. With `--check` nothing is written, and the exit code
 * is 1 when one of them is not what its source says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dashboards } from './dashboards/index.ts';
import { envExample } from './env-example.ts';

/** By path from the root of the project. */
export function generated(): Map<string, string> {
  return new Map([['.env.example', envExample()], ...dashboards()]);
}

/** Paths of the files that are not what their source says. */
export function stale(): string[] {
  return [...generated()].flatMap(([path, text]) => (textOf(path) === text ? [] : [path]));
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(at(path), 'utf8');
  } catch {
    return undefined;
  }
}

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

function main(args: readonly string[]): number {
  const paths = stale();
  if (args.includes('--check')) {
    for (const path of paths) console.error(`${path} is not what its source says: npm run generate`);
    return paths.length === 0 ? 0 : 1;
  }
  const files = generated();
  for (const path of paths) {
    writeFileSync(at(path), files.get(path) ?? '');
    console.log(`wrote ${path}`);
  }
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
