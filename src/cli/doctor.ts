/** `holdfast doctor`: what is there, what is missing, and what to do about it. Changes nothing. */
import { statSync } from 'node:fs';
import { status } from '../persistence/migrate.ts';
import type { Config } from '../platform/config.ts';
import { findRedis } from '../platform/embedded/find-redis.ts';
import { postgresBinaries } from '../platform/embedded/postgres-binaries.ts';
import { keyFile, keyNames, keysDir } from '../platform/keys.ts';
import { type Check, checkPostgres, checkRedis } from '../platform/requirements.ts';
import { exitCodes, reasonOf, Trouble } from '../platform/trouble.ts';
import type { Command } from './cli.ts';

export const command: Command = (program, cli) => {
  program
    .command('doctor')
    .description('check this machine, Redis, Postgres and the schema (exit code 3 when something is missing)')
    .option('--json', 'print the checklist as JSON')
    .action(async (options: { json?: boolean }) => {
      const checks = await examine(cli.config());
      cli.print(options, checks, checks.map(line).join('\n'));
      if (checks.some((check) => check.state === 'failed')) cli.exit(exitCodes.findings);
    });
};

const marks = { ok: '[+]', warn: '[?]', failed: '[-]' } as const;

function line(check: Check): string {
  return `${marks[check.state]} ${check.name}: ${check.found}${check.fix ? `\n      ${check.fix}` : ''}`;
}

async function examine(config: Config): Promise<Check[]> {
  return [node(), dataFolder(config), ...keys(config), ...(await redis(config)), ...(await postgres(config))];
}

function node(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return finding('Node', ok, process.versions.node, 'Use Node 20.19 or later.');
}

function finding(name: string, ok: boolean, found: string, fix: string): Check {
  return { name, state: ok ? 'ok' : 'failed', found, fix: ok ? '' : fix };
}

/** What the environment does not say is looked for there, so it is the first thing to know of a setting that is missing. */
function dataFolder(config: Config): Check {
  const { dataDir, redisUrl, databaseUrl } = config;
  const missing = [
    ...(statSync(keysDir(dataDir), { throwIfNoEntry: false }) || config.keys.admin ? [] : ['keys']),
    ...(redisUrl === undefined ? ['the address of a Redis'] : []),
    ...(databaseUrl === undefined ? ['the address of a Postgres'] : []),
  ];
  if (missing.length === 0) return finding('Data folder', true, dataDir, '');
  return {
    name: 'Data folder',
    state: 'warn',
    found: `neither ${dataDir} nor the environment has ${missing.join(', ')}`,
    fix: 'Run "npm start" on it (addresses are there while it runs), or name the right folder in HOLDFAST_DATA_DIR.',
  };
}

/** Keys given by the environment are nobody's business here; those in the data folder must be private. */
function keys(config: Config): Check[] {
  return keyNames.flatMap((name) => {
    const file = keyFile(config.dataDir, name);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat) return [];
    const mode = (stat.mode & 0o777).toString(8);
    return [finding(`Key ${name}`, mode === '600', `mode ${mode}`, `chmod 600 ${file}`)];
  });
}

async function redis(config: Config): Promise<Check[]> {
  if (config.redisUrl !== undefined) return checkRedis(config.redisUrl);
  const found = findRedis(config.path, config.redisServer);
  const fix = 'Install Redis 7 or later (npm start offers to), or set REDIS_URL.';
  return [finding('Redis program', found !== undefined, found ?? 'none on the PATH', fix)];
}

async function postgres(config: Config): Promise<Check[]> {
  if (config.databaseUrl === undefined) return [program()];
  const checks = await checkPostgres(config.databaseUrl);
  if (checks.some((check) => check.name === 'Postgres answers' && check.state === 'failed')) return checks;
  return [...checks, await schema(config.databaseUrl)];
}

function program(): Check {
  try {
    return finding('Postgres program', true, postgresBinaries().postgres, '');
  } catch (error) {
    return finding('Postgres program', false, reasonOf(error), 'Run "npm ci" again, or set DATABASE_URL.');
  }
}

async function schema(url: string): Promise<Check> {
  try {
    const found = await status(url);
    const text = `version ${found.version} of ${found.latest}`;
    return finding('Schema', found.pending.length === 0, text, 'Run "npx holdfast migrate up".');
  } catch (error) {
    return finding(
      'Schema',
      false,
      reasonOf(error),
      error instanceof Trouble ? error.fix : 'See the message.',
    );
  }
}
