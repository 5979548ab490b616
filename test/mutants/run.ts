/**
 * `npm run mutants [-- NAME...]`: puts each fault of `patches/` into a copy of the tree, one at a time, and expects the
 * tests it names to fail. Those tests are run once without any fault first, and must pass.
 *
 * Exit 0: every mutant was caught. 1: one survived, hung, broke the tests themselves, or its text is no longer there.
 */
import { join } from 'node:path';
import { copyTree } from './copy.ts';
import { apply, type Named, readMutants } from './patches.ts';
import { runTests } from './tests.ts';

const root = join(import.meta.dirname, '..', '..');

async function tryMutant(mutant: Named, tree: string): Promise<boolean> {
  const undo = apply(mutant, tree);
  if (typeof undo !== 'function') {
    console.log(`DOES NOT APPLY  ${mutant.name}: ${undo.problem}`);
    return false;
  }
  try {
    const { end, said, seconds } = await runTests(tree, mutant.caughtBy, mutant.env);
    const caught = end === 'failed';
    const verdict = caught ? 'caught  ' : end === 'passed' ? 'SURVIVED' : end.toUpperCase().padEnd(8);
    console.log(`${verdict}  ${mutant.name.padEnd(32)} ${seconds.toFixed(1).padStart(6)} s  ${said}`);
    if (!caught) console.log(`          ${mutant.breaks}`);
    return caught;
  } finally {
    undo();
  }
}

/** Each set of tests once, without a fault. */
async function allPass(mutants: Named[], tree: string): Promise<boolean> {
  const sets = new Map(mutants.map((mutant) => [JSON.stringify([mutant.caughtBy, mutant.env]), mutant]));
  for (const { caughtBy, env } of sets.values()) {
    const { end, said, seconds } = await runTests(tree, caughtBy, env);
    console.log(
      `${end === 'passed' ? 'passes  ' : 'FAILS   '}  ${caughtBy.join(' ')} (no mutant), ${seconds.toFixed(1)} s`,
    );
    if (end === 'passed') continue;
    console.log(`          ${said}`);
    return false;
  }
  return true;
}

async function main(): Promise<number> {
  const mutants = await readMutants(process.argv.slice(2));
  const tree = copyTree(root);
  try {
    if (!(await allPass(mutants, tree.path))) return 1;
    let caught = 0;
    for (const mutant of mutants) if (await tryMutant(mutant, tree.path)) caught += 1;
    console.log(`${caught} of ${mutants.length} mutants caught`);
    return caught === mutants.length ? 0 : 1;
  } finally {
    tree.remove();
  }
}

process.exitCode = await main();
