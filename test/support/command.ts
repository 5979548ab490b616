/** A command of `holdfast` in this process: what it prints and its exit code, without the second that a program takes to start. */
import { run } from '../../src/cli/index.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { createLog } from '../../src/platform/log.ts';

export async function runCommand(
  argv: string[],
  env: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const out = (line: string) => void (stdout += `${line}\n`);
  const code = await run(argv, 'test', {
    env,
    config: () => loadConfig(env),
    log: (name) => createLog({ name, level: 'silent', pretty: false, write: () => undefined }),
    out,
    say: (line) => void (stderr += `${line}\n`),
    print: (options, value, text) => out(options.json ? JSON.stringify(value, null, 2) : text),
    interactive: false,
    self: [],
  });
  return { code, stdout, stderr };
}
