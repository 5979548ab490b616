/** Facts into the ledger: rows, one commit per event, the chain moved on. Always written, whatever the tables say. */
import type { Fact } from '../../domain/facts.ts';
import { Fault } from '../../domain/faults.ts';
import { chainHash, chainStart, MerkleRoot } from '../../domain/ledger-hash.ts';
import type { Tx } from '../../persistence/database.ts';
import {
  type CommitRow,
  type HeadRow,
  insertCommits,
  insertLedger,
  type LedgerColumns,
} from '../../persistence/queries/journal-ledger.ts';
import type { Entered } from './plan.ts';

/** A fact and where the journal has it. A rebuild's own facts are in entry 0. */
export type Positioned = Entered & { entry: number; position: number /** Canonical text. */; body: string };

export type Heads = Map<string, HeadRow>;

function holdOf(fact: Fact): string | null {
  return 'hold' in fact ? fact.hold : null;
}

function orderOf(fact: Fact): string | null {
  return 'order' in fact ? fact.order : null;
}

function columnsOf(facts: Positioned[]): LedgerColumns {
  return {
    event: facts.map(({ fact }) => fact.event),
    version: facts.map(({ fact }) => fact.version),
    at: facts.map(({ fact }) => fact.at),
    entry: facts.map(({ entry }) => entry),
    position: facts.map(({ position }) => position),
    kind: facts.map(({ fact }) => fact.kind),
    hold: facts.map(({ fact }) => holdOf(fact)),
    order: facts.map(({ fact }) => orderOf(fact)),
    op: facts.map(({ fact }) => fact.op ?? null),
    user: facts.map(({ user }) => user),
    body: facts.map(({ body }) => body),
  };
}

export function headOf(heads: Heads, event: string): HeadRow {
  return heads.get(event) ?? { event, version: 0, chain: chainStart, projected: 0, frozen: false };
}

/**
 * Writes the facts and their commits, and moves `heads` on. Throws the fault `journal_gap` when a fact is not the next
 * of its event. `meanwhile` runs while Postgres writes the rows: the two are on different cores.
 */
export async function writeLedger(
  tx: Tx,
  from: { partition: number; epoch: number },
  facts: Positioned[],
  heads: Heads,
  meanwhile: () => void = () => {},
): Promise<void> {
  const columns = columnsOf(facts);
  const expected = new Map<string, number>();
  for (const { fact, entry } of facts) {
    const next = expected.get(fact.event) ?? headOf(heads, fact.event).version + 1;
    if (fact.version !== next) {
      const where = `entry ${from.epoch}-${entry} of partition ${from.partition}`;
      throw new Fault('journal_gap', `${where}: version ${fact.version} of event ${fact.event}, not ${next}`);
    }
    expected.set(fact.event, next + 1);
  }
  const inserted = insertLedger(tx, from, columns);
  // A failure of what runs meanwhile must not leave this one's unheard.
  inserted.catch(() => {});
  const commits = commitsOf(facts, columns.body, heads);
  meanwhile();
  await inserted;
  await insertCommits(tx, commits);
}

function commitsOf(facts: Positioned[], bodies: string[], heads: Heads): CommitRow[] {
  const open = new Map<string, { first: number; last: number; merkle: MerkleRoot }>();
  facts.forEach(({ fact }, at) => {
    let commit = open.get(fact.event);
    if (commit === undefined) {
      commit = { first: fact.version, last: fact.version, merkle: new MerkleRoot() };
      open.set(fact.event, commit);
    }
    commit.last = fact.version;
    commit.merkle.add(bodies[at] as string);
  });
  return [...open].map(([event, { first, last, merkle }]) => {
    const head = headOf(heads, event);
    const root = merkle.root();
    const chain = chainHash(head.chain, root, event, first, last);
    heads.set(event, { ...head, version: last, chain });
    return { event, firstVersion: first, lastVersion: last, root, chain };
  });
}
