/**
 * Getting a Redis where there is none: with the system's own package manager, and only when nobody is there to be asked
 * (root without a terminal: a container, a CI machine) or when the person at the terminal says yes.
 */
import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import { exitCodes, Trouble } from '../trouble.ts';
import { findRedis, onPath } from './find-redis.ts';

/** Each manager with the commands that install a Redis 7 or a Valkey; the first one found on the machine is used. */
const managers: { program: string; asRoot: boolean; commands: string[][] }[] = [
  {
    program: 'apt-get',
    asRoot: true,
    commands: [
      ['apt-get', 'update', '-qq'],
      ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'redis-server'],
    ],
  },
  { program: 'dnf', asRoot: true, commands: [['dnf', 'install', '-y', '-q', 'valkey']] },
  { program: 'apk', asRoot: true, commands: [['apk', 'add', '-q', 'redis']] },
  { program: 'pacman', asRoot: true, commands: [['pacman', '-Sy', '--noconfirm', 'valkey']] },
  { program: 'brew', asRoot: false, commands: [['brew', 'install', 'redis']] },
];

export type InstallOptions = {
  path: string;
  /** What HOLDFAST_REDIS_SERVER says. */
  wanted: string | undefined;
  /** Somebody can be asked: stdin and stderr are a terminal. */
  interactive: boolean;
  isRoot: boolean;
  /** For what there is to say while the package manager works. */
  say: (line: string) => void;
};

/** A mirror that hangs must not hang the start for ever. */
const installMs = 300_000;

/** The path of a Redis server: found, or installed. Throws Trouble with the one line to type. */
export async function redisServer(options: InstallOptions): Promise<string> {
  const found = findRedis(options.path, options.wanted);
  if (found) return found;
  if (options.wanted !== undefined) {
    throw new Trouble(
      `HOLDFAST_REDIS_SERVER names ${options.wanted}, which is no program that can be run`,
      'Correct it, or unset it to have Redis looked for on the PATH.',
      exitCodes.unavailable,
    );
  }
  const manager = managers.find((each) => onPath([each.program], options.path));
  const line = manager ? manager.commands.map((words) => words.join(' ')).join(' && ') : undefined;
  const typed = line && manager?.asRoot && !options.isRoot ? line.replaceAll(/(^|&& )/g, '$1sudo ') : line;
  const trouble = (why: string) =>
    new Trouble(
      why,
      typed
        ? `Install it with:  ${typed}`
        : 'Install Redis 7 or later (or Valkey), or set REDIS_URL to one that runs elsewhere.',
      exitCodes.unavailable,
    );
  const needed = 'there is no redis-server or valkey-server on this machine';
  if (!manager || !typed || (manager.asRoot && !options.isRoot)) throw trouble(needed);
  if (options.interactive && !(await agreed(`Holdfast needs Redis. Run "${typed}"?`))) throw trouble(needed);
  // Without a terminal only root may decide alone; a person's brew is a person's.
  if (!options.interactive && !options.isRoot) throw trouble(needed);
  options.say(`installing Redis: ${typed}`);
  for (const [command = '', ...args] of manager.commands) {
    await promisify(execFile)(command, args, {
      timeout: installMs,
      env: { PATH: options.path, DEBIAN_FRONTEND: 'noninteractive', HOME: '/root' },
      maxBuffer: 16 * 1024 * 1024,
    }).catch((error: unknown) => {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
      // An update may fail for one of several sources; the installation decides.
      if (!args.includes('update')) throw trouble(`Redis could not be installed: ${said.split('\n').at(-1)}`);
    });
  }
  const installed = findRedis(options.path);
  if (!installed) throw trouble('Redis was installed but is not on the PATH');
  return installed;
}

async function agreed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
