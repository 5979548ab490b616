/** `holdfast gdpr export|erase`: what is kept about one person, and the end of it. */
import { erase } from '../features/gdpr/erase.ts';
import { exportPerson } from '../features/gdpr/export.ts';
import { type Database, openDatabase } from '../persistence/database.ts';
import { required } from '../platform/config.ts';
import { exitCodes } from '../platform/trouble.ts';
import type { Cli, Command } from './cli.ts';
import { count } from './shared/count.ts';

export const command: Command = (program, cli) => {
  const group = program.command('gdpr').description('what is kept about one person, and its erasure');
  group
    .command('export')
    .description(
      'everything that is kept about the person with an address, as JSON (exit code 3 when there is none)',
    )
    .argument('<email>')
    .action(async (email: string) => {
      const outcome = await withDatabase(cli, (db) => exportPerson(db, email));
      if (outcome.status === 'person_unknown') return unknown(cli);
      const { status: _, ...person } = outcome;
      cli.out(JSON.stringify(person, null, 2));
    });
  group
    .command('erase')
    .description(
      'erase address, name and every link to the person; amounts, tickets and facts stay (exit code 3 when there is none)',
    )
    .argument('<email>')
    .option('--yes', 'do it: it cannot be undone, and tickets are not shown to the person any more')
    .action(async (email: string, options: { yes?: boolean }) => {
      const { withTicketCache } = await import('../app/ticket-cache.ts');
      const outcome = await withDatabase(cli, (db) =>
        withTicketCache(cli.config().redisUrl, (cache) =>
          erase({ db, tickets: { cache } }, email, options.yes === true),
        ),
      );
      if (outcome.status === 'person_unknown') return unknown(cli);
      if (outcome.status === 'erased') {
        cli.say(`erased; ${count(outcome.orders, 'order')} without a name from here on`);
        if (!outcome.forgotten) cli.say(stillShown);
        return;
      }
      cli.say(
        `nothing is done: ${count(outcome.orders, 'order')} would lose its person for good. Say --yes to do it.`,
      );
      cli.exit(exitCodes.usage);
    });
};

const stillShown =
  'Redis was not reached: a ticket that was looked at just now may be shown to the person for 10 more seconds, ' +
  'and for up to 5 minutes while Postgres is away';

function unknown(cli: Cli): void {
  cli.say('nobody has this address');
  cli.exit(exitCodes.findings);
}

async function withDatabase<Result>(cli: Cli, work: (db: Database) => Promise<Result>): Promise<Result> {
  const { DATABASE_URL } = required(cli.config(), { DATABASE_URL: cli.config().databaseUrl });
  const db = openDatabase({ url: DATABASE_URL, poolMax: 1, name: 'holdfast gdpr' });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
