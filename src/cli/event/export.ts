/** `holdfast event export [EVENT...]`. */
import { Option, type Command as Program } from 'commander';
import { showId } from '../../domain/ids.ts';
import { collect, exportText, type Format, formats } from '../../features/event-imports/export.ts';
import { openDatabase } from '../../persistence/database.ts';
import { required } from '../../platform/config.ts';
import { exitCodes, Trouble } from '../../platform/trouble.ts';
import type { Cli } from '../cli.ts';
import { eventId } from '../shared/event-id.ts';

export function exportCommand(group: Program, cli: Cli): void {
  group
    .command('export')
    .description('print events as our own JSON or as schema.org markup; without ids, all of them')
    .argument('[events...]', 'evt_... or UUIDs')
    .addOption(
      new Option('--format <format>', 'of what is printed').choices([...formats]).default('holdfast'),
    )
    .action((texts: string[], options: { format: Format }) => run(cli, texts, options.format));
}

async function run(cli: Cli, texts: string[], format: Format): Promise<void> {
  const wanted = texts.map(eventId);
  const { DATABASE_URL } = required(cli.config(), { DATABASE_URL: cli.config().databaseUrl });
  const db = openDatabase({ url: DATABASE_URL, poolMax: 1, name: 'holdfast export' });
  try {
    const { events, missing } = await collect(db, wanted);
    if (missing.length > 0) {
      const ids = missing.map((id) => showId('event', id)).join(', ');
      throw new Trouble(`there is no event ${ids}`, 'Nothing was exported. Check the ids.', exitCodes.failed);
    }
    cli.out(exportText(events, format).trimEnd());
  } finally {
    await db.close();
  }
}
