/** `holdfast mail dead|resend`: what people were not told, and telling them after all. */
import { isUuid } from '../domain/ids.ts';
import { listDead, resend, resendMax } from '../features/mails/resend.ts';
import { type Database, openDatabase } from '../persistence/database.ts';
import { required } from '../platform/config.ts';
import { exitCodes, Trouble } from '../platform/trouble.ts';
import type { Cli, Command } from './cli.ts';
import { count } from './shared/count.ts';

const shownMax = 200;

export const command: Command = (program, cli) => {
  const group = program.command('mail').description('mails that were given up, and sending them after all');
  group
    .command('dead')
    .description(
      `mails that nobody tries to send any more, oldest first, at most ${shownMax} (exit code 3 when there are any)`,
    )
    .option('--json', 'print the list as JSON')
    .action(async (options: { json?: boolean }) => {
      const found = await withDatabase(cli, (db) => listDead({ db }, shownMax));
      const lines = found.map(({ id, kind, order, attempts, cause }) => {
        const about = order === null ? '' : ` of order ${order}`;
        return `${id} ${kind}${about}, ${count(attempts, 'attempt')}: ${cause ?? 'no cause was written down'}`;
      });
      cli.print(options, found, lines.join('\n'));
      if (found.length > 0) cli.exit(exitCodes.findings);
    });
  group
    .command('resend')
    .description(`send mails that were given up, at most ${resendMax} (exit code 3 when there is none)`)
    .argument('[ids...]', 'as "mail dead" shows them')
    .option('--all', 'every one of them, the oldest first')
    .option('--json', 'print their ids as JSON')
    .action(async (ids: string[], options: { all?: boolean; json?: boolean }) => {
      if ((options.all === true) === ids.length > 0) {
        throw new Trouble('which mails?', 'Name their ids, or say --all.', exitCodes.usage);
      }
      const strange = ids.find((id) => !isUuid(id));
      if (strange !== undefined) {
        throw new Trouble(
          `${strange} is not the id of a mail`,
          'They are UUIDs: "mail dead".',
          exitCodes.usage,
        );
      }
      const resent = await withDatabase(cli, (db) => resend({ db }, options.all ? 'all' : ids));
      cli.print(options, { resent }, `${count(resent.length, 'mail')} will be sent`);
      if (resent.length === 0) cli.exit(exitCodes.findings);
    });
};

async function withDatabase<Result>(cli: Cli, work: (db: Database) => Promise<Result>): Promise<Result> {
  const { DATABASE_URL } = required(cli.config(), { DATABASE_URL: cli.config().databaseUrl });
  const db = openDatabase({ url: DATABASE_URL, poolMax: 1, name: 'holdfast mail' });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
