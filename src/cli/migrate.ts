/** `holdfast migrate up|down|status`: the schema of the database that DATABASE_URL names. */
import { migrate, status } from '../persistence/migrate.ts';
import { required } from '../platform/config.ts';
import { exitCodes } from '../platform/trouble.ts';
import type { Cli, Command } from './cli.ts';

export const command: Command = (program, cli) => {
  const group = program.command('migrate').description('bring the database to a schema version');
  group
    .command('up')
    .description('to the newest version')
    .option('--json', 'print the result as JSON')
    .action(async (options: { json?: boolean }) => report(cli, options, await migrate(url(cli), 'up')));
  group
    .command('down')
    .description('one version back; what only the newer one could hold is lost')
    .requiredOption('--yes', 'yes, drop what this version added')
    .option('--json', 'print the result as JSON')
    .action(async (options: { json?: boolean }) => report(cli, options, await migrate(url(cli), 'down')));
  group
    .command('status')
    .description('which version it has, and what is missing (exit code 3 when something is)')
    .option('--json', 'print the result as JSON')
    .action(async (options: { json?: boolean }) => {
      const found = await status(url(cli));
      const pending = found.pending.map((name) => `\n  pending: ${name}`).join('');
      cli.print(options, found, `schema version ${found.version} of ${found.latest}${pending}`);
      if (found.pending.length > 0) cli.exit(exitCodes.findings);
    });
};

function url(cli: Cli): string {
  return required(cli.config(), { DATABASE_URL: cli.config().databaseUrl }).DATABASE_URL;
}

type Migrated = { from: number; to: number; applied: string[]; reverted: string[] };

function report(cli: Cli, options: { json?: boolean }, done: Migrated): void {
  const lines = [
    `schema version ${done.from} -> ${done.to}`,
    ...done.applied.map((name) => `  applied: ${name}`),
    ...done.reverted.map((name) => `  reverted: ${name}`),
  ];
  cli.print(options, done, lines.join('\n'));
}
