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
    const { end, said, seconds } = await runTests(tree, mutant);
    const caught = end === 'failed';
    const verdict = caught ? 'caught  ' : end === 'passed' ? 'SURVIVED' : end.toUpperCase().padEnd(8);
    console.log(`${verdict}  ${mutant.name.padEnd(32)} ${seconds.toFixed(1).padStart(6)} s  ${said}`);
    if (!caught) console.log(`          ${mutant.breaks}`);
    return caught;
  } finally {
    undo();
  }
}

const setOf = (mutant: Named) => JSON.stringify([mutant.caughtBy, mutant.named, mutant.env]);

/** Runs each set of tests once, without a fault, and returns those that do not pass: they can prove nothing. */
async function failingSets(mutants: Named[], tree: string): Promise<Set<string>> {
  const failing = new Set<string>();
  for (const [set, tests] of new Map(mutants.map((mutant) => [setOf(mutant), mutant]))) {
    const { end, said, seconds } = await runTests(tree, tests);
    const verdict = end === 'passed' ? 'passes  ' : end.toUpperCase().padEnd(8);
    console.log(
      `${verdict}  ${[...tests.caughtBy, tests.named ?? ''].join(' ')} without a mutant ${seconds.toFixed(1)} s  ${said}`,
    );
    if (end !== 'passed') failing.add(set);
  }
  return failing;
}

async function main(): Promise<number> {
  const mutants = await readMutants(process.argv.slice(2));
  const tree = copyTree(root);
  try {
    const failing = await failingSets(mutants, tree.path);
    let caught = 0;
    for (const mutant of mutants) {
      if (failing.has(setOf(mutant))) console.log(`NOT TRIED ${mutant.name}: its tests fail without it`);
      else if (await tryMutant(mutant, tree.path)) caught += 1;
    }
    console.log(`${caught} of ${mutants.length} mutants caught`);
    return caught === mutants.length ? 0 : 1;
  } finally {
    tree.remove();
  }
}

process.exitCode = await main();
