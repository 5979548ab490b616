/**
 * The text of .env.example: every setting of src/platform/config.ts with its default, described as docs/configuration.md
 * describes it, so that the three cannot say different things.
 */
import { readFileSync } from 'node:fs';
import { defaultOf, settingNames } from '../src/platform/config.ts';

export type Documented = { name: string; byDefault: string; text: string };

/** The rows of the table of settings. */
export function documentedSettings(markdown: string): Documented[] {
  const rows = markdown.matchAll(/^\| `([A-Z_]+)` \| (.*?) ?\| (.+) \|$/gm);
  return [...rows].map(([, name = '', byDefault = '', text = '']) => ({
    name,
    byDefault: byDefault.replaceAll('`', ''),
    text: text.replaceAll('`', ''),
  }));
}

const head = `# Every setting of Holdfast. Copy this file to .env and change what you need: docker compose reads it, and so does
# node --env-file=.env bin/holdfast.js serve. For each name, NAME_FILE names a file that holds the value instead.
# What is commented out is the default, or has none. Written by \`npm run generate\`; docs/configuration.md has the same.
`;

export function envExample(): string {
  const markdown = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');
  const texts = new Map(documentedSettings(markdown).map(({ name, text }) => [name, text]));
  const entries = settingNames.map((name) => {
    const text = texts.get(name);
    if (text === undefined) throw new Error(`${name} has no row in docs/configuration.md`);
    return `\n# ${text}\n# ${name}=${defaultOf(name) ?? ''}\n`;
  });
  return head + entries.join('');
}
