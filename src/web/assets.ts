/** What the pages load: read once at start, served under an address that changes when any of it does, and so cached for good. */
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('client/', import.meta.url);
const types: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

type Asset = { bytes: Buffer; type: string };

export type Assets = {
  /** The address of a file of the folder `client`. */
  at(file: string): string;
  find(build: string, file: string): Asset | undefined;
};

export function readAssets(): Assets {
  const files = new Map<string, Asset>();
  for (const name of readdirSync(folder).sort()) {
    const type = types[name.split('.').at(-1) ?? ''];
    if (type !== undefined) files.set(name, { bytes: readFileSync(new URL(name, folder)), type });
  }
  const all = [...files].map(([name, { bytes }]) => `${name} ${hash('sha256', bytes, 'hex')}`).join('\n');
  const build = hash('sha256', all, 'hex').slice(0, 12);
  return {
    at(file) {
      if (!files.has(file)) throw new Error(`there is no ${file} in src/web/client`);
      return `/assets/${build}/${file}`;
    },
    // Another build's address gets nothing rather than a file that does not fit the page.
    find: (asked, file) => (asked === build ? files.get(file) : undefined),
  };
}
