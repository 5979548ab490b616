// What `node --import` loads into a program that a test starts: TypeScript first, then the recorder.
import { register } from 'tsx/esm/api';

register();
await import('./recorder.ts');
