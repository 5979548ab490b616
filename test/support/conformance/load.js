// What `node --import` loads into a program that a test starts: the recorder, compiled as the program itself is.
import { compiled } from '../../../bin/compile.js';

const recorder = await compiled('test/support/conformance/recorder.ts', ['src', 'test/support/conformance']);
if (recorder === undefined) {
  const { register } = await import('tsx/esm/api');
  register();
}
await import(recorder ?? './recorder.ts');
