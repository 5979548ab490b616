/** Statements of one transaction that do not stand on each other: they go out together, and all have ended when this does. */
import { isConsequence } from './faults.ts';

/**
 * As Promise.all, but nothing is under way any more when it throws: what a branch went on to write after its transaction (or the part
 * of it since a savepoint) was rolled back would be written for good. Throws the failure that made the others fail.
 */
export async function together<Branches extends readonly unknown[]>(
  branches: readonly [...Branches],
): Promise<{ -readonly [Index in keyof Branches]: Awaited<Branches[Index]> }> {
  const ends = await Promise.allSettled(branches);
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  if (failures.length > 0) throw failures.find((failure) => !isConsequence(failure)) ?? failures[0];
  return ends.map((end) => (end as PromiseFulfilledResult<unknown>).value) as never;
}
