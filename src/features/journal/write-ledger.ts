/** Facts into the ledger: rows, one commit per event, the chain moved on. Always written, whatever the tables say. */
import type { Fact } from '../../domain/facts.ts';
import { Fault } from '../../domain/faults.ts';
import { canonicalText } from '../../domain/ledger.ts';
import { chainHash, chainStart, leafHashOf, MerkleRoot } from '../../domain/ledger-hash.ts';
import type { HeldEntry } from '../../inventory/held-entry.ts';
import type { Tx } from '../../persistence/database.ts';
import type { HoldRows } from '../../persistence/queries/journal-holds.ts';
import {
  type CommitRow,
  type HeadRow,
  insertCommits,
  type LedgerRow,
  LedgerRows,
} from '../../persistence/queries/journal-ledger.ts';
import type { Entered } from './plan.ts';

export type Heads = Map<string, HeadRow>;

export function headOf(heads: Heads, event: string): HeadRow {
  return heads.get(event) ?? { event, version: 0, chain: chainStart, projected: 0, frozen: false };
}

type Commit = { first: number; last: number; merkle: MerkleRoot };

/**
 * What is to be written of the facts of one commit, as far as the facts alone say it: the bytes of the rows and a Merkle root per
 * event. It is made before the transaction begins, while Postgres is busy with the commit before.
 */
export class LedgerBatch {
  private readonly from: { partition: number; epoch: number };
  private readonly rows: LedgerRows;
  private readonly commits = new Map<string, Commit>();

  constructor(from: { partition: number; epoch: number }, factsExpected: number) {
    this.from = from;
    this.rows = new LedgerRows(from, factsExpected);
  }

  get events(): string[] {
    return [...this.commits.keys()];
  }

  /**
   * Takes in facts of one event. `entry`: where the journal has them; a rebuild's own facts are in entry 0. Throws the fault
   * `journal_gap`, having taken none, when they do not follow those of the event that are in this batch.
   */
  add(facts: Entered[], entry: number, firstPosition = 0): void {
    const [first] = facts;
    if (first === undefined) return;
    const { event, version } = first.fact;
    const commit = this.commits.get(event) ?? { first: version, last: version - 1, merkle: new MerkleRoot() };
    for (const [index, { fact }] of facts.entries()) {
      const next = commit.last + 1 + index;
      if (fact.version !== next || fact.event !== event)
        throw this.gap(fact.event, fact.version, next, entry);
    }
    this.commits.set(event, commit);
    commit.last += facts.length;
    for (const [index, entered] of facts.entries()) {
      commit.merkle.addLeaf(this.rows.add(rowOf(entered, entry, firstPosition + index), leafHashOf));
    }
  }

  /**
   * Takes in a reserve's entry, and the rows of its holds, and answers the last 32 bits of each hold's id. Undefined, having taken
   * none, when it is no such entry or does not follow: `add` says why, and what `holds` has of it is nobody's.
   */
  addHeld(held: HeldEntry, entry: number, holds: HoldRows): number[] | undefined {
    const { rows } = this;
    const before = rows.mark();
    const known = this.commits.get(held.event);
    const leaves: string[] = [];
    const tails: number[] = [];
    let last = known?.last;
    let follows = true;
    while (follows && held.next()) {
      follows = last === undefined || held.version === last + 1;
      last = held.version;
      leaves.push(rows.addHeld(held, entry, leaves.length, leafHashOf));
      holds.add(held);
      tails.push(held.hold.at(-1) as number);
    }
    if (last === undefined || !follows || !held.whole) {
      rows.back(before);
      return undefined;
    }
    const first = last - leaves.length + 1;
    const commit = known ?? { first, last, merkle: new MerkleRoot() };
    for (const leaf of leaves) commit.merkle.addLeaf(leaf);
    commit.last = last;
    this.commits.set(held.event, commit);
    return tails;
  }

  private gap(event: string, version: number, next: number, entry?: number): Fault {
    const { partition, epoch } = this.from;
    const where =
      entry === undefined
        ? `partition ${partition}, epoch ${epoch}`
        : `entry ${epoch}-${entry} of partition ${partition}`;
    return new Fault('journal_gap', `${where}: version ${version} of event ${event}, not ${next}`);
  }

  /**
   * Writes the rows and their commits, and moves `heads` on. Throws the fault `journal_gap` when the batch does not begin
   * with the next fact of each event. `meanwhile` runs while Postgres writes the rows: the two are on different cores.
   */
  async write(tx: Tx, heads: Heads, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    for (const [event, { first }] of this.commits) {
      const next = headOf(heads, event).version + 1;
      if (first !== next) throw this.gap(event, first, next);
    }
    const written = this.rows.write(tx);
    // A failure of what runs meanwhile must not leave this one's unheard.
    written.catch(() => {});
    await meanwhile();
    await written;
    await insertCommits(tx, this.chain(heads));
  }

  private chain(heads: Heads): CommitRow[] {
    return [...this.commits].map(([event, { first, last, merkle }]) => {
      const head = headOf(heads, event);
      const root = merkle.root();
      const chain = chainHash(head.chain, root, event, first, last);
      heads.set(event, { ...head, version: last, chain });
      return { event, firstVersion: first, lastVersion: last, root, chain };
    });
  }
}

function rowOf({ fact, user }: Entered, entry: number, position: number): LedgerRow {
  return {
    event: fact.event,
    version: fact.version,
    at: fact.at,
    entry,
    position,
    kind: fact.kind,
    hold: holdOf(fact),
    order: orderOf(fact),
    op: fact.op ?? null,
    user,
    body: canonicalText(fact),
  };
}

function holdOf(fact: Fact): string | null {
  return 'hold' in fact ? fact.hold : null;
}

function orderOf(fact: Fact): string | null {
  return 'order' in fact ? fact.order : null;
}
