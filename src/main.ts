/**
 * The entry: the environment and the arguments go in, the exit code comes out. The only file that reads process.env.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from './cli/index.ts';
import { type Config, loadConfig } from './platform/config.ts';
import { createLog } from './platform/log.ts';

const env = { ...process.env };
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const coloured = process.stderr.isTTY === true && !env['NO_COLOR'];
const say = (line: string) => void process.stderr.write(`${line}\n`);

function logFor(config: Config, name: string) {
  const pretty = config.logFormat === 'pretty' || (config.logFormat === 'auto' && coloured);
  return createLog({ name, level: config.logLevel, pretty, write: (line) => process.stderr.write(line) });
}

// A reader that has seen enough (`| head`) is no failure of ours.
process.stdout.on('error', () => undefined);

const code = await run(process.argv.slice(2), version, {
  env,
  config: () => loadConfig(env),
  log: (name) => logFor(loadConfig(env), name),
  out: (line) => void process.stdout.write(`${line}\n`),
  say,
  print(options, value, text) {
    process.stdout.write(`${options.json ? JSON.stringify(value, null, 2) : text}\n`);
  },
  interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
  self: [fileURLToPath(new URL('../bin/holdfast.js', import.meta.url))],
});
// What was printed may still be on its way into a pipe, and ending the process would cut it off.
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
// A pool or a timer somebody forgot must not keep a command from ending.
process.exit(code);
