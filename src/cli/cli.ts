/**
 * What every command of `holdfast` is given. A command is a file in this folder that exports `command`: it adds itself to
 * the program, so the next command is a new file and nothing else.
 *
 * stdout is for data, stderr for everything said about it. A command that prints data takes `--json`.
 */
import type { Command as Program } from 'commander';
import type { Config, Environment } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import type { ExitCode } from '../platform/trouble.ts';

export type Cli = {
  /** Of the process, handed in by src/main.ts. */
  env: Environment;
  /** Throws Trouble that lists everything that is wrong with it. */
  config(): Config;
  /** Writes to stderr. `name` is the process that speaks: server, worker, dev, verify. */
  log(name: string): Log;
  /** One line of data on stdout. */
  out(line: string): void;
  /** One line for the person at the terminal, on stderr. */
  say(line: string): void;
  /** The value as JSON with `--json`, else the text for people. */
  print(options: { json?: boolean }, value: unknown, text: string): void;
  /** The exit code when the command returns; ok when it is never called. Faults and Trouble decide theirs by themselves. */
  exit(code: ExitCode): void;
  /** Somebody sits there who can be asked. */
  interactive: boolean;
  /** The arguments that start this very program again, after the path of Node. */
  self: string[];
};

export type Command = (program: Program, cli: Cli) => void;
