/** `npm run check -- RUNDIR`: exit 0 when every invariant holds, 1 when one does not, 2 when the run cannot be read. */
import { BadLine } from './lines.ts';
import { checkRun, MissingFile } from './run.ts';

const dir = process.argv[2];
if (dir === undefined) {
  console.error('usage: npm run check -- RUNDIR   (its files: test/checker/README.md)');
  process.exit(2);
}
try {
  const began = performance.now();
  const { findings, facts, operations } = await checkRun(dir);
  console.log(findings.lines().join('\n'));
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(`${operations} operations and ${facts} facts checked in ${seconds} s`);
  process.exitCode = findings.failed().length > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof MissingFile || error instanceof BadLine)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
