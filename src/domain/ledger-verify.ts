/**
 * `verify`: reads the ledger of one event from its first fact to its head and names the first entry that breaks a rule.
 * It keeps the book, not the ledger, so its memory does not grow with the length of the sale.
 */
import type { EventId } from './ids.ts';
import { factOf } from './ledger.ts';
import { LedgerBook } from './ledger-book.ts';
import { type Commit, chainHash, chainStart, MerkleRoot } from './ledger-hash.ts';
import { judge, type Violation } from './ledger-rules.ts';

/** A row of `inventory_journal`, as far as it is judged. */
export type LedgerRow = { version: number; body: string };
export type Head = { version: number; chain: string };

export type Verdict = {
  /** Facts that were read and hold. */
  facts: number;
  commits: number;
  violation: Violation | undefined;
  /** The book at the last fact that holds, to compare the projection with. */
  book: LedgerBook;
};

/**
 * Rows by version, commits by first version, both ascending. `head` is undefined when the event has no facts. `look` is
 * shown the book at one version, to compare the tables of that version with it.
 */
export async function verifyLedger(
  event: EventId,
  rows: AsyncIterable<LedgerRow>,
  commits: AsyncIterable<Commit>,
  head: Head | undefined,
  look?: { version: number; at(book: LedgerBook): void },
): Promise<Verdict> {
  const book = new LedgerBook();
  const pending = commits[Symbol.asyncIterator]();
  const verdict = { facts: 0, commits: 0, book };
  const fail = (rule: Violation['rule'], version: number, sentence: string) => ({
    ...verdict,
    violation: { rule, version, sentence },
  });
  let chain = chainStart;
  let commit: Commit | undefined;
  let merkle = new MerkleRoot();

  for await (const row of rows) {
    const fact = factOf(row.body);
    if (fact === undefined) return fail('facts_readable', row.version, 'the body is not the text of a fact');
    if (fact.event !== event) {
      return fail('facts_readable', row.version, `the body names another event, ${fact.event}`);
    }
    if (fact.version !== row.version) {
      return fail('facts_readable', row.version, `the body names another version, ${fact.version}`);
    }
    const violation = judge(book, fact);
    if (violation !== undefined) return { ...verdict, violation };
    if (row.version === look?.version) look.at(book);

    if (commit === undefined) {
      const next = await pending.next();
      if (next.done) return fail('hashes_chain', row.version, 'no commit covers this fact');
      commit = next.value;
      merkle = new MerkleRoot();
      if (commit.firstVersion !== row.version || commit.lastVersion < row.version) {
        const span = `${commit.firstVersion} to ${commit.lastVersion}`;
        return fail('hashes_chain', row.version, `the commit that must begin here covers ${span}`);
      }
    }
    merkle.add(row.body);
    verdict.facts += 1;
    if (row.version < commit.lastVersion) continue;

    const { firstVersion, lastVersion, root } = commit;
    if (merkle.root() !== root) {
      const sentence = `the root of versions ${firstVersion} to ${lastVersion} is not that of their facts`;
      return fail('hashes_chain', firstVersion, sentence);
    }
    chain = chainHash(chain, root, event, firstVersion, lastVersion);
    if (chain !== commit.chain) {
      const sentence = `the chain of versions ${firstVersion} to ${lastVersion} does not follow from the one before`;
      return fail('hashes_chain', firstVersion, sentence);
    }
    verdict.commits += 1;
    commit = undefined;
  }

  if (commit !== undefined || (head?.version ?? 0) > book.version) {
    const end = head?.version ?? commit?.lastVersion;
    return fail('versions_contiguous', book.version + 1, `the ledger ends at ${book.version}, not at ${end}`);
  }
  const surplus = await pending.next();
  if (!surplus.done) {
    const { firstVersion } = surplus.value;
    return fail('hashes_chain', firstVersion, `a commit begins at ${firstVersion}, where no facts are`);
  }
  if ((head?.version ?? 0) !== book.version || (head?.chain ?? chainStart) !== chain) {
    return fail('hashes_chain', book.version, 'the head of the ledger is not its last commit');
  }
  return { ...verdict, violation: undefined };
}
