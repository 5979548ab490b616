#!/usr/bin/env node
// Runs the TypeScript sources: compiled at the first start after a change (bin/compile.js), or, where nothing can be kept,
// file by file as they are read.
import { compiled } from './compile.js';

const main = await compiled('src/main.ts', ['src', 'sandbox']);
process.setSourceMapsEnabled(true);
if (main === undefined) {
  const { register } = await import('tsx/esm/api');
  register();
}
await import(main ?? '../src/main.ts');
