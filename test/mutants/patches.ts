import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Mutant } from './mutant.ts';

const folder = join(import.meta.dirname, 'patches');

export type Named = Mutant & { name: string };

/** All mutants by name, or those whose name is asked for. Throws when a name is none. */
export async function readMutants(names: string[] = []): Promise<Named[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const all: Named[] = [];
  for (const file of files.sort()) {
    const { default: mutant } = (await import(join(folder, file))) as { default: Mutant };
    all.push({ name: basename(file, '.ts'), ...mutant });
  }
  const unknown = names.find((name) => !all.some((mutant) => mutant.name === name));
  if (unknown !== undefined) throw new Error(`no mutant is named ${unknown}`);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/** The file's text with the fault in it, or why it cannot be put in. */
export function mutated(mutant: Mutant, root: string): { text: string } | { problem: string } {
  const text = readFileSync(join(root, mutant.file), 'utf8');
  const parts = text.split(mutant.find);
  if (parts.length !== 2) return { problem: `its text occurs ${parts.length - 1} times in ${mutant.file}` };
  return { text: parts.join(mutant.replace) };
}

/** Puts the fault in and returns how to take it out again. */
export function apply(mutant: Mutant, root: string): (() => void) | { problem: string } {
  const changed = mutated(mutant, root);
  if ('problem' in changed) return changed;
  const path = join(root, mutant.file);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, changed.text);
  return () => writeFileSync(path, before);
}
