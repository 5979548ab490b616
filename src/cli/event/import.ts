/** `holdfast event import FILE|DIR|-`. */
import { createInterface } from 'node:readline/promises';
import type { Command as Program } from 'commander';
import type { Need } from '../../domain/event-markup/finding.ts';
import type { ReadOptions } from '../../domain/event-markup/reader.ts';
import { bounded, filesAt, readFileBounded } from '../../features/event-imports/files.ts';
import { dryRun, importDocument } from '../../features/event-imports/import.ts';
import { type Ask, answers } from '../../features/event-imports/options.ts';
import { type File, type FileImported, runImport } from '../../features/event-imports/run.ts';
import { openDatabase } from '../../persistence/database.ts';
import { exitCodes, Trouble } from '../../platform/trouble.ts';
import type { Cli } from '../cli.ts';
import { lineOf, summaryOf } from './report.ts';

type Options = Partial<Record<Need, string>> & {
  language?: string;
  publish?: boolean;
  skipInvalid?: boolean;
  dryRun?: boolean;
  json?: boolean;
};

/** As docs/import.md lists them. */
export const importExitCodes = [
  '0 done (warnings too)',
  '1 something could not be done (an event could not be published)',
  '2 wrong use, or a file that cannot be read',
  '3 errors in a document',
  '4 Redis or Postgres cannot be reached',
];

export function importCommand(group: Program, cli: Cli): void {
  group
    .command('import')
    .description('make events of schema.org markup (JSON-LD or pages) or our own JSON, each once')
    .argument('<path>', 'a file, a folder, or - for stdin')
    .option('--zone <zone>', 'IANA time zone of events that do not say theirs')
    .option('--currency <code>', 'currency of prices that do not say theirs')
    .option('--capacity <tickets>', 'tickets of an event that does not say how many it has')
    .option('--price <amount>', 'of tickets without a price; 0 is free')
    .option('--range <low|high>', 'which price, where only a lowest and a highest one are given')
    .option('--overlap <earlier|later>', 'which time, in the hour that comes twice when clocks go back')
    .option('--window <widest>', 'with --publish: sell tiers with different sale windows over the widest')
    .option('--language <tag>', 'which language, where texts come in several')
    .option('--publish', 'open the sale of what was imported; otherwise it is a draft')
    .option('--skip-invalid', 'import the good events of a document that has bad ones')
    .option('--dry-run', 'show what would be made, and make nothing')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', `\nExit codes: ${importExitCodes.join('; ')}.`)
    .action((path: string, options: Options) => run(cli, path, options));
}

async function run(cli: Cli, path: string, options: Options): Promise<void> {
  const reading = readOptions(options);
  const files = path === '-' ? [stdin] : (await filesAt(path)).map(fileAt);
  const told: FileImported[] = [];
  const tell = (imported: FileImported) => {
    if (options.json) told.push(imported);
    else report(cli, imported);
  };
  const terminal = cli.interactive && !options.json && path !== '-' ? createTerminal() : undefined;
  const rules = { publish: options.publish ?? false, skipInvalid: options.skipInvalid ?? false };
  const given = { files, options: reading, now: Date.now, tell, ask: terminal?.ask };
  try {
    const totals = options.dryRun
      ? await onPaper(cli, (db) => runImport({ ...given, make: (document) => dryRun(db, document, rules) }))
      : await inStores(cli, (ctx) =>
          runImport({ ...given, make: (document) => importDocument(ctx, document, rules) }),
        );
    cli.print(
      options,
      { ...totals, dryRun: options.dryRun ?? false, documents: told },
      summaryOf(totals, options.dryRun),
    );
    cli.exit(totals.failed > 0 ? exitCodes.failed : totals.errors > 0 ? exitCodes.findings : exitCodes.ok);
  } finally {
    terminal?.close();
  }
}

async function inStores<Result>(
  cli: Cli,
  work: (ctx: Parameters<typeof importDocument>[0]) => Promise<Result>,
): Promise<Result> {
  const { withCtx } = await import('../../app.ts');
  return withCtx(cli.config(), cli.log('import'), 'import', work);
}

/** A dry run looks up what is there already, where there is a database to look in. */
async function onPaper<Result>(
  cli: Cli,
  work: (db: ReturnType<typeof openDatabase> | undefined) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl } = cli.config();
  if (databaseUrl === undefined) {
    cli.say('no database is named: what is there already is not known');
    return work(undefined);
  }
  const db = openDatabase({ url: databaseUrl, poolMax: 1, name: 'holdfast import' });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

const stdin: File = { name: '-', read: () => bounded(process.stdin) };

function fileAt(path: string): File {
  return { name: path, read: () => readFileBounded(path) };
}

/** Throws Trouble that names every option that is wrong. */
function readOptions(options: Options): ReadOptions {
  const needs = Object.keys(answers) as Need[];
  const given = needs.flatMap((need) => {
    const text = options[need];
    return text === undefined ? [] : [{ ...answers[need], text }];
  });
  const wrong = given.flatMap(({ option, wrong, text }) => {
    const why = wrong(text);
    return why === undefined ? [] : [`${option} ${text}: ${why}`];
  });
  if (wrong.length > 0) {
    throw new Trouble(
      wrong.join('; '),
      '"npx holdfast event import --help" lists the options.',
      exitCodes.usage,
    );
  }
  const { language, publish } = options;
  return Object.assign({ language, publish }, ...given.map(({ apply, text }) => apply(text)));
}

function report(cli: Cli, imported: FileImported): void {
  for (const finding of imported.findings) cli.say(lineOf(imported.file, finding));
  for (const { name, state, id, published, event } of imported.outcomes) {
    const tiers = event?.tiers.map((tier) => `${tier.name} ${tier.capacity}`).join(', ') ?? '';
    const about = `${state.replace('_', ' ')}${published ? ', on sale' : ''}`;
    cli.out(`${about}: ${id ?? '-'}  ${name}${tiers === '' ? '' : ` (${tiers})`}`);
  }
}

function createTerminal(): { ask: Ask; close(): void } {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return {
    async ask(question, wrong) {
      for (;;) {
        const text = (await terminal.question(`${question} (Enter leaves it out) `)).trim();
        if (text === '') return undefined;
        const why = wrong(text);
        if (why === undefined) return text;
        process.stderr.write(`  ${why}\n`);
      }
    },
    close: () => terminal.close(),
  };
}
