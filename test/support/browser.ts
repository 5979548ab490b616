/** A real browser for tests of pages: the Chromium of this machine, without a window. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

function find(): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of names) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error('tests of pages need Chromium on the PATH: install the package chromium');
}

export function startBrowser(): Promise<Browser> {
  // Tests may run as root, for whom Chromium has no sandbox; it visits nothing but the test's own server.
  return chromium.launch({ executablePath: find(), args: ['--no-sandbox'], timeout: 60_000 });
}
