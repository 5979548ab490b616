/** Facts that no stream has, because the rebuild itself wrote them: into the ledger, entry 0 of their epoch. */
import type { Fact } from '../../domain/facts.ts';
import type { Tx } from '../../persistence/database.ts';
import { readHeads } from '../../persistence/queries/journal-ledger.ts';
import { LedgerBatch } from './write-ledger.ts';

/** The projection is the caller's. Throws the fault `journal_gap` when a fact is not the next of its event. */
export async function appendFacts(
  tx: Tx,
  from: { partition: number; epoch: number },
  facts: Fact[],
): Promise<void> {
  const ledger = new LedgerBatch(from, facts.length);
  for (const [position, fact] of facts.entries()) ledger.add([{ fact, user: null }], 0, position);
  const heads = new Map((await readHeads(tx, ledger.events)).map((head) => [head.event, head]));
  await ledger.write(tx, heads);
}
