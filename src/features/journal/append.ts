/** Facts that no stream has, because the rebuild itself wrote them: into the ledger, entry 0 of their epoch. */
import type { Fact } from '../../domain/facts.ts';
import { canonicalText } from '../../domain/ledger.ts';
import type { Tx } from '../../persistence/database.ts';
import { readHeads } from '../../persistence/queries/journal-ledger.ts';
import { writeLedger } from './write-ledger.ts';

/** The projection is the caller's. Throws the fault `journal_gap` when a fact is not the next of its event. */
export async function appendFacts(
  tx: Tx,
  from: { partition: number; epoch: number },
  facts: Fact[],
): Promise<void> {
  const events = [...new Set(facts.map(({ event }) => event))];
  const heads = new Map((await readHeads(tx, events)).map((head) => [head.event, head]));
  const rows = facts.map((fact, position) => ({
    fact,
    user: null,
    entry: 0,
    position,
    body: canonicalText(fact),
  }));
  await writeLedger(tx, from, rows, heads);
}
