/** Builds the program out of the files of this folder, runs it, and turns what was thrown into one message and a code. */
import { readdirSync } from 'node:fs';
import { CommanderError, Command as Program } from 'commander';
import { isFault } from '../domain/faults.ts';
import { withoutPasswords } from '../platform/log.ts';
import { connectionTrouble } from '../platform/requirements.ts';
import { type ExitCode, exitCodes, reasonOf, Trouble } from '../platform/trouble.ts';
import type { Cli, Command } from './cli.ts';

const notCommands = new Set(['index.ts', 'cli.ts']);

/** All of them, or only the one that `verb` names: reading every file's imports would cost each start a second. */
async function commands(verb: string | undefined): Promise<Command[]> {
  const all = readdirSync(new URL('.', import.meta.url))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !notCommands.has(file))
    .sort();
  const files = all.includes(`${verb}.ts`) ? [`${verb}.ts`] : all;
  const modules = await Promise.all(
    // Written so that bin/compile.js sees which files it may be.
    files.map(
      (file) =>
        import(/* @vite-ignore */ `./${file.slice(0, -'.ts'.length)}.ts`) as Promise<{ command?: Command }>,
    ),
  );
  return modules.flatMap((module) => (module.command ? [module.command] : []));
}

/** `argv`: the words after `holdfast`. Resolves to the exit code; never rejects. */
export async function run(argv: string[], version: string, cli: Omit<Cli, 'exit'>): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok;
  const context: Cli = {
    ...cli,
    exit(wanted) {
      code = wanted;
    },
  };
  const program = new Program('holdfast')
    .description('Realtime ticket inventory: holds in Redis, every change in Postgres, nothing oversold.')
    .version(version)
    .showHelpAfterError('(--help lists what there is)')
    .exitOverride()
    .configureOutput({
      writeErr: (text) => cli.say(text.trimEnd()),
      writeOut: (text) => cli.out(text.trimEnd()),
    });
  try {
    for (const command of await commands(argv[0])) command(program, context);
    for (const each of everyCommand(program)) each.exitOverride().copyInheritedSettings(program);
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, cli);
  }
}

function everyCommand(program: Program): Program[] {
  return program.commands.flatMap((each) => [each, ...everyCommand(each)]);
}

function explain(thrown: unknown, cli: Omit<Cli, 'exit'>): ExitCode {
  const error = connectionTrouble(thrown) ?? thrown;
  // Commander has printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof Trouble) {
    cli.say(withoutPasswords(`holdfast: ${error.message}\n  ${error.fix}`));
    return error.exit;
  }
  const unavailable =
    isFault(error, 'inventory_unavailable') ||
    isFault(error, 'records_unavailable') ||
    isFault(error, 'payments_unavailable') ||
    isFault(error, 'fenced');
  if (unavailable) {
    cli.say(
      withoutPasswords(`holdfast: ${reasonOf(error)}\n  Run "npx holdfast doctor" to see what is missing.`),
    );
    return exitCodes.unavailable;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  cli.say(withoutPasswords(`holdfast: ${stack}`));
  return exitCodes.failed;
}
