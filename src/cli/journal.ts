/** `holdfast journal status|retry`: how far Postgres has come, and taking up an event that stands still. */
import { type Retried, retryEvent } from '../features/journal/retry.ts';
import { journalStatus, type Status } from '../features/journal/status.ts';
import { type Database, openDatabase } from '../persistence/database.ts';
import { required } from '../platform/config.ts';
import { exitCodes } from '../platform/trouble.ts';
import type { Cli, Command } from './cli.ts';
import { count } from './shared/count.ts';
import { eventId } from './shared/event-id.ts';

export const command: Command = (program, cli) => {
  const group = program.command('journal').description('how far Postgres has come with the journal');
  group
    .command('status')
    .description('watermarks per partition, and events that stand still (exit code 3 when one does)')
    .option('--json', 'print the result as JSON')
    .action(async (options: { json?: boolean }) => {
      await withDatabase(cli, async (db) => {
        const status = await journalStatus(db);
        cli.print(options, status, statusText(status));
        if (status.frozen.length > 0) cli.exit(exitCodes.findings);
      });
    });
  group
    .command('retry')
    .description(
      'project the waiting facts of a halted event, and end the halt (exit code 3 if refused again, or without such an event)',
    )
    .argument('<event>', 'evt_... or the UUID')
    .option('--json', 'print the result as JSON')
    .action(async (text: string, options: { json?: boolean }) => {
      const event = eventId(text);
      const retried = await retry(cli, event);
      cli.print(options, retried, retriedText(retried));
      if (retried.status === 'still_frozen' || retried.status === 'event_unknown')
        cli.exit(exitCodes.findings);
    });
};

async function withDatabase<Result>(cli: Cli, work: (db: Database) => Promise<Result>): Promise<Result> {
  const { DATABASE_URL } = required(cli.config(), { DATABASE_URL: cli.config().databaseUrl });
  const db = openDatabase({ url: DATABASE_URL, poolMax: 2, name: 'holdfast journal' });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

async function retry(cli: Cli, event: ReturnType<typeof eventId>): Promise<Retried> {
  const { withInventory } = await import('../app.ts');
  return withInventory(cli.config(), cli.log('journal'), (stores) => retryEvent(stores, event));
}

function statusText({ watermarks, frozen }: Status): string {
  const lines = watermarks.map(({ partition, epoch, entry, opened }) => {
    return `partition ${partition}: epoch ${epoch}, entry ${entry}${opened ? '' : ', not open'}`;
  });
  for (const { event, version, cause } of frozen) {
    lines.push(`event ${event} is frozen at version ${version}: ${cause}`);
  }
  return lines.join('\n');
}

function retriedText(retried: Retried): string {
  switch (retried.status) {
    case 'thawed':
      return `${count(retried.projected, 'fact')} projected; the event is not halted any more`;
    case 'not_frozen':
      return 'the event is not halted: there is nothing to retry, and nothing was changed';
    case 'still_frozen':
      return `${count(retried.projected, 'fact')} projected; refused again at version ${retried.version}: ${retried.cause}`;
    case 'event_unknown':
      return 'there is no such event: the ledger has no facts of it';
  }
}
