/** `holdfast keys create|list|revoke`: what organizers' programs identify themselves with. */
import { showId } from '../domain/ids.ts';
import { createKey } from '../features/keys/create.ts';
import { type ApiKeyRow, listKeys } from '../features/keys/list.ts';
import { revokeKey } from '../features/keys/revoke.ts';
import { doorScopes, isScope, type Scope, scopeNames, scopes } from '../features/keys/scopes.ts';
import { type Database, openDatabase } from '../persistence/database.ts';
import { required } from '../platform/config.ts';
import { exitCodes, Trouble } from '../platform/trouble.ts';
import type { Cli, Command } from './cli.ts';
import { eventId } from './shared/event-id.ts';

const scopeHelp = Object.entries(scopes)
  .map(([name, what]) => `\n  ${name.padEnd(16)} ${what}`)
  .join('');

export const command: Command = (program, cli) => {
  const group = program.command('keys').description("organizers' API keys: make, list, revoke");
  group
    .command('create')
    .description(`make a key; it is shown once, on stdout. Scopes:${scopeHelp}`)
    .requiredOption('--name <name>', 'who uses it; stands in the ledger beside what it does')
    .requiredOption('--scope <scopes...>', `one or more of ${scopeNames.join(', ')}`)
    .option(
      '--event <events...>',
      'only for the doors of these events; with checkins:write and no other scope',
    )
    .option('--json', 'print the key as JSON')
    .action(async (options: { name: string; scope: string[]; event?: string[]; json?: boolean }) => {
      const events = options.event?.map(eventId);
      const wanted = {
        name: options.name,
        scopes: options.scope.map(scopeOf),
        ...(events && { events }),
      };
      const made = await withDatabase(cli, (db) => createKey(db, wanted, Date.now()));
      if (made.status !== 'created') throw refused(made.status, options.name);
      const { status: _, ...shown } = made;
      cli.print(options, shown, made.key);
      const doors = made.events === 'all' ? '' : ` of ${made.events.length} event(s)`;
      cli.say(`${made.name}: ${made.scopes.join(', ')}${doors}. Keep the key: it cannot be shown again.`);
    });
  group
    .command('list')
    .description('names, scopes and dates; never a key')
    .option('--json', 'print the list as JSON')
    .action(async (options: { json?: boolean }) => {
      const keys = await withDatabase(cli, listKeys);
      cli.print(options, keys, keys.map(line).join('\n'));
    });
  group
    .command('revoke')
    .description('end a key for good; servers notice within seconds (exit code 3 when there is none)')
    .argument('<name>', 'as it was created')
    .action(async (name: string) => {
      const { status } = await withDatabase(cli, (db) => revokeKey(db, name));
      if (status === 'revoked') return cli.say(`${name} is revoked`);
      cli.say(`there is no live key named ${name}`);
      cli.exit(exitCodes.findings);
    });
};

function scopeOf(text: string): Scope {
  if (isScope(text)) return text;
  throw new Trouble(`"${text}" is no scope`, `Use one or more of ${scopeNames.join(', ')}.`, exitCodes.usage);
}

function refused(status: 'name_invalid' | 'name_taken' | 'scopes_not_of_doors', name: string): Trouble {
  if (status === 'scopes_not_of_doors') {
    return new Trouble(
      'a key for some events can only be a key of doors',
      `Give it no other scope than ${doorScopes.join(', ')}, or leave --event out.`,
      exitCodes.usage,
    );
  }
  return status === 'name_invalid'
    ? new Trouble(
        `"${name}" cannot be the name of a key`,
        'Use up to 63 lower-case letters, digits, dots, dashes and underscores, a letter or digit first.',
        exitCodes.usage,
      )
    : new Trouble(
        `the name ${name} is taken`,
        'Names stand in the ledger and are given once, those of revoked keys too.',
        exitCodes.usage,
      );
}

function line({ name, scopes, events, createdAt, revokedAt }: ApiKeyRow): string {
  const state = revokedAt
    ? `revoked ${revokedAt.toISOString()}`
    : scopes.join(' ') + (events ? ` of ${events.map((id) => showId('event', id)).join(' ')}` : '');
  return `${name.padEnd(24)} ${createdAt.toISOString()}  ${state}`;
}

async function withDatabase<Result>(cli: Cli, work: (db: Database) => Promise<Result>): Promise<Result> {
  const { DATABASE_URL } = required(cli.config(), { DATABASE_URL: cli.config().databaseUrl });
  const db = openDatabase({ url: DATABASE_URL, poolMax: 1, name: 'holdfast keys' });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
