/** A command of `holdfast` in this process: what it prints and its exit code, without the second that a program takes to start. */
import { run } from '../../src/cli/index.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { createLog } from '../../src/platform/log.ts';

export async function runCommand(
  argv: string[],
  env: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const printed: string[] = [];
  const said: string[] = [];
  const out = (line: string) => void printed.push(line);
  const code = await run(argv, 'test', {
    env,
    config: () => loadConfig(env),
    log: (name) => createLog({ name, level: 'silent', pretty: false, write: () => undefined }),
    out,
    say: (line) => void said.push(line),
    print: (options, value, text) => out(options.json ? JSON.stringify(value, null, 2) : text),
    interactive: false,
    self: [],
  });
  const text = (lines: string[]) => lines.map((line) => `${line}\n`).join('');
  return { code, stdout: text(printed), stderr: text(said) };
}
