#!/usr/bin/env node
// `node bin/stripe-sandbox.js`: see docs/stripe-sandbox.md. `--help` says what it can be told.
import { register } from 'tsx/esm/api';

register();
await import('../sandbox/stripe/main.ts');
