#!/usr/bin/env node
// `npm run demo`: see demo/index.ts. `npm run demo -- --help` says what it can be told.
import { register } from 'tsx/esm/api';

register();
await import('../demo/index.ts');
