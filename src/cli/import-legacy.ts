/** `holdfast import-legacy DATABASE_URL | --file dump.sql`: brings a system of the assessment's schema in, and puts it in order. */
import { isCurrency } from '../domain/currency.ts';
import { withFiles } from '../features/legacy/load-file.ts';
import { readLegacy, type Source } from '../features/legacy/read.ts';
import type { Answer } from '../features/legacy/repair.ts';
import type { LegacyReport } from '../features/legacy/report.ts';
import { checkChosen, type Done, runImport } from '../features/legacy/run.ts';
import { isClean } from '../features/legacy/verify.ts';
import { openDatabase } from '../persistence/database.ts';
import { status } from '../persistence/migrate.ts';
import { required } from '../platform/config.ts';
import { exitCodes, Trouble } from '../platform/trouble.ts';
import type { Cli, Command } from './cli.ts';
import { askAll, createTerminal, readAnswers } from './legacy/answers.ts';
import { doneText, reportText } from './legacy/text.ts';

type Options = {
  file: string[];
  fix?: boolean;
  yes?: boolean;
  dryRun?: boolean;
  relocate: string[];
  answers?: string;
  currency: string;
  includeTests?: boolean;
  json?: boolean;
};

const collect = (value: string, before: string[]) => [...before, value];

export const command: Command = (program, cli) => {
  program
    .command('import-legacy')
    .description('report on a legacy ticketing database, import it and repair it (DATABASE_URL names ours)')
    .argument('[url]', 'postgres:// of the legacy database; it is only read')
    .option('--file <sql>', 'an SQL file instead of a database; again for further ones', collect, [])
    .option('--fix', 'ask, then import and repair')
    .option('--yes', 'import and repair without asking')
    .option('--dry-run', 'only the report (what happens where nobody can be asked)')
    .option(
      '--relocate <ticket>',
      'whose ticket goes where a tier is oversold; last (the default) or later; again for further ones',
      collect,
      [],
    )
    .option('--answers <file>', 'the same as JSON: {"relocate": [...], "otherwise": "last"}')
    .option('--currency <code>', 'of amounts, where no column says it', 'USD')
    .option('--include-tests', 'orders of the test mode of Stripe get their tickets, too')
    .option('--json', 'print the report and the outcome as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing is wrong (any more); 1 failed; 2 wrong use; 3 findings; 4 a database cannot be reached.',
    )
    .action((url: string | undefined, options: Options) => run(cli, url, options));
};

async function run(cli: Cli, url: string | undefined, options: Options): Promise<void> {
  const mode = modeOf(cli, options);
  if ((url === undefined) === (options.file.length === 0)) {
    throw usage('give the URL of the legacy database, or --file');
  }
  if (url !== undefined && !/^postgres(ql)?:\/\//.test(url)) {
    throw usage('the legacy database is named by a postgres:// URL; a file goes behind --file');
  }
  if (!isCurrency(options.currency)) throw usage(`--currency ${options.currency} is not a currency`);
  const given = readAnswers(options.relocate, options.answers);
  if (url !== undefined) return onSource(cli, { url, currency: options.currency }, mode, given, options);
  const ours = await ourDatabase(cli);
  await withFiles(ours, options.file, (loadedUrl, loaded) => {
    for (const [what, times] of Object.entries(loaded.skipped))
      cli.say(`skipped in the file: ${what} (${times})`);
    return onSource(cli, { url: loadedUrl, currency: options.currency }, mode, given, options);
  });
}

type Mode = 'report' | 'ask' | 'do';

function modeOf(cli: Cli, options: Options): Mode {
  if (options.dryRun && (options.fix || options.yes))
    throw usage('--dry-run does nothing, and --fix and --yes do');
  if (options.dryRun) return 'report';
  if (options.yes) return 'do';
  const askable = cli.interactive && !options.json;
  if (options.fix && !askable)
    throw usage('nobody can be asked here: --yes instead of --fix does it without a question');
  return askable ? 'ask' : 'report';
}

async function onSource(
  cli: Cli,
  source: Source,
  mode: Mode,
  given: Answer,
  options: Options,
): Promise<void> {
  const report = await readLegacy(source);
  if (!options.json) cli.out(reportText(report));
  await checkChosen(source, report, given.tickets);
  const answerFor = await consent(report, mode, given);
  if (!answerFor) {
    if (options.json) cli.print(options, { report }, '');
    cli.exit(report.findings > 0 ? exitCodes.findings : exitCodes.ok);
    return;
  }
  const done = await carryOut(cli, source, answerFor, options);
  cli.print(options, { report, ...done }, doneText(done));
  const left = report.refused.total + done.imported.refused.total;
  cli.exit(isClean(done.verified) && left === 0 ? exitCodes.ok : exitCodes.findings);

  async function consent(report: LegacyReport, mode: Mode, given: Answer) {
    if (mode === 'report') return undefined;
    if (mode === 'do') return () => given;
    const terminal = createTerminal();
    try {
      const answers = await askAll(report, given, terminal.ask);
      if (!answers) return undefined;
      await checkChosen(source, report, [
        ...new Set([...answers.values()].flatMap(({ tickets }) => tickets)),
      ]);
      return (tier: string) => answers.get(tier) ?? given;
    } finally {
      terminal.close();
    }
  }
}

async function carryOut(
  cli: Cli,
  source: Source,
  answerFor: (tier: string) => Answer,
  options: Options,
): Promise<Done> {
  const db = openDatabase({ url: await ourDatabase(cli), poolMax: 1, name: 'holdfast import-legacy' });
  try {
    return await runImport(db, source, answerFor, { includeTests: options.includeTests ?? false });
  } finally {
    await db.close();
  }
}

/** Its schema must be there: rows go into it, and a file is loaded as its owner. */
async function ourDatabase(cli: Cli): Promise<string> {
  const { DATABASE_URL } = required(cli.config(), { DATABASE_URL: cli.config().databaseUrl });
  const { pending } = await status(DATABASE_URL);
  if (pending.length === 0) return DATABASE_URL;
  throw new Trouble(
    'the database that DATABASE_URL names has not the newest schema',
    'Run "npx holdfast migrate up".',
  );
}

function usage(message: string): Trouble {
  return new Trouble(message, '"npx holdfast import-legacy --help" lists the options.', exitCodes.usage);
}
