/** `holdfast jobs list|dead|retry`: what is to be done later, and what was given up. */
import { jobStates, list, type ShownJob } from '../features/jobs/list.ts';
import { retry } from '../features/jobs/retry.ts';
import { type Database, openDatabase } from '../persistence/database.ts';
import { required } from '../platform/config.ts';
import { exitCodes, Trouble } from '../platform/trouble.ts';
import type { Cli, Command } from './cli.ts';
import { count } from './shared/count.ts';

const shownMax = 200;

export const command: Command = (program, cli) => {
  const group = program
    .command('jobs')
    .description('work that is done later: what waits, and what was given up');
  group
    .command('list')
    .description(`jobs, oldest first, at most ${shownMax}`)
    .option('--state <state>', `only those that are ${jobStates.join(', ')}`)
    .option('--task <task>', 'only those of one task')
    .option('--json', 'print the list as JSON')
    .action(async (options: { state?: string; task?: string; json?: boolean }) => {
      const state = jobStates.find((each) => each === options.state);
      if (options.state !== undefined && state === undefined) {
        throw new Trouble(
          `there is no state ${options.state}`,
          `One of ${jobStates.join(', ')}.`,
          exitCodes.usage,
        );
      }
      const found = await withDatabase(cli, (db) =>
        list({ db }, { state, task: options.task, limit: shownMax }),
      );
      cli.print(options, found, found.map(line).join('\n'));
    });
  group
    .command('dead')
    .description('jobs that failed as often as they may (exit code 3 when there are any)')
    .option('--json', 'print the list as JSON')
    .action(async (options: { json?: boolean }) => {
      const found = await withDatabase(cli, (db) => list({ db }, { state: 'dead', limit: shownMax }));
      cli.print(options, found, found.map(line).join('\n'));
      if (found.length > 0) cli.exit(exitCodes.findings);
    });
  group
    .command('retry')
    .description('let dead jobs run again from their first attempt (exit code 3 when there is none)')
    .argument('[ids...]', 'as "jobs dead" shows them')
    .option('--all', 'every dead job')
    .option('--json', 'print their ids as JSON')
    .action(async (ids: string[], options: { all?: boolean; json?: boolean }) => {
      if ((options.all === true) === ids.length > 0) {
        throw new Trouble('which jobs?', 'Name their ids, or say --all.', exitCodes.usage);
      }
      const strange = ids.find((id) => !/^\d{1,18}$/.test(id));
      if (strange !== undefined) {
        throw new Trouble(
          `${strange} is not the id of a job`,
          'They are whole numbers: "jobs dead".',
          exitCodes.usage,
        );
      }
      const retried = await withDatabase(cli, (db) => retry({ db }, options.all ? 'all' : ids));
      cli.print(options, { retried }, `${count(retried.length, 'job')} will run again`);
      if (retried.length === 0) cli.exit(exitCodes.findings);
    });
};

async function withDatabase<Result>(cli: Cli, work: (db: Database) => Promise<Result>): Promise<Result> {
  const { DATABASE_URL } = required(cli.config(), { DATABASE_URL: cli.config().databaseUrl });
  const db = openDatabase({ url: DATABASE_URL, poolMax: 1, name: 'holdfast jobs' });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

function line({ id, task, state, attempts, attemptsMax, runAt, payload, lastError }: ShownJob): string {
  const about = `${id} ${task} ${JSON.stringify(payload)} ${state}, attempt ${attempts} of ${attemptsMax}`;
  const when = state === 'waiting' ? `, at ${runAt.toISOString()}` : '';
  return about + when + (lastError === null ? '' : `\n  ${lastError.split('\n')[0]}`);
}
