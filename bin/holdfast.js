#!/usr/bin/env node
// Runs the TypeScript sources directly: tsx compiles each file when it is first read.
import { register } from 'tsx/esm/api';

register();
await import('../src/main.ts');
