/**
 * `verify`: one snapshot of Postgres, the ledger of an event through the rules of domain/ledger-rules.ts, and the tables
 * compared with the book at the version they are projected to.
 */
import type { EventId } from '../../domain/ids.ts';
import type { LedgerBook } from '../../domain/ledger-book.ts';
import type { LedgerRule, Violation } from '../../domain/ledger-rules.ts';
import { verifyLedger } from '../../domain/ledger-verify.ts';
import { type Database, inTransaction, type Tx } from '../../persistence/database.ts';
import {
  isEvent,
  ledgerCommits,
  ledgerHead,
  ledgerRows,
  type ProjectedLine,
  projectedHolds,
  projectedLines,
} from '../../persistence/queries/journal-verify.ts';

export type Finding = {
  rule: LedgerRule | 'tables_agree';
  /** The first entry that breaks the rule; for `tables_agree` the version the tables are at. */
  version: number;
  sentence: string;
};

export type Verified = {
  event: EventId;
  /** Facts in the ledger, and how many of them are folded into the tables. */
  version: number;
  projected: number;
  frozenCause: string | null;
  facts: number;
  commits: number;
  /** Lowercase hex; publish it, and nobody can rewrite what came before. */
  chain: string | null;
  findings: Finding[];
};

/** Findings of the tables that are told one by one; the rest is a number. */
const tableFindingsMax = 20;
const timeouts = { statementMs: 60_000, idleInTransactionMs: 60_000 };

export async function verifyEvent(db: Database, event: EventId): Promise<Verified> {
  const scope = { role: 'readonly', readOnly: true, isolation: 'repeatable read', timeouts } as const;
  return inTransaction(db, scope, async (tx) => {
    const head = await ledgerHead(tx, event);
    const projected = head?.projected ?? 0;
    const tables = await readTables(tx, event);
    const found: string[] = [];
    const look = { version: projected, at: (book: LedgerBook) => found.push(...compare(book, tables)) };
    const verdict = await verifyLedger(event, ledgerRows(tx, event), ledgerCommits(tx, event), head, look);
    const findings: Finding[] = verdict.violation === undefined ? [] : [finding(verdict.violation)];
    for (const sentence of found.slice(0, tableFindingsMax)) {
      findings.push({ rule: 'tables_agree', version: projected, sentence });
    }
    if (found.length > tableFindingsMax) {
      const sentence = `and ${found.length - tableFindingsMax} more`;
      findings.push({ rule: 'tables_agree', version: projected, sentence });
    }
    const { facts, commits } = verdict;
    const { version = 0, chain = null, frozenCause = null } = head ?? {};
    return { event, version, projected, frozenCause, facts, commits, chain, findings };
  });
}

/** One that was prepared and not opened has no facts, and is none the less there. */
export async function eventExists(db: Database, event: EventId): Promise<boolean> {
  return inTransaction(db, { role: 'readonly', readOnly: true, timeouts }, (tx) => isEvent(tx, event));
}

function finding({ rule, version, sentence }: Violation): Finding {
  return { rule, version, sentence };
}

type Tables = { lines: ProjectedLine[]; holds: string[] };

async function readTables(tx: Tx, event: EventId): Promise<Tables> {
  return { lines: await projectedLines(tx, event), holds: await projectedHolds(tx, event) };
}

function compare(book: LedgerBook, { lines, holds }: Tables): string[] {
  const found: string[] = [];
  const unseen = new Set<string>(book.lines.keys());
  for (const row of lines) {
    const line = book.lines.get(row.line as never);
    // A tier that was prepared and not opened yet has no facts.
    if (line === undefined) continue;
    unseen.delete(row.line);
    for (const counter of ['capacity', 'held', 'sold', 'withheld'] as const) {
      if (row[counter] === line[counter]) continue;
      found.push(
        `${counter} of line ${row.line} is ${line[counter]} by the ledger and ${row[counter]} in its row`,
      );
    }
    if (row.tickets !== line.sold) {
      found.push(`line ${row.line} has ${line.sold} sold by the ledger and ${row.tickets} tickets`);
    }
  }
  for (const line of unseen) found.push(`line ${line} has facts and no row`);

  const living = new Set<string>();
  for (const [hold, { items }] of book.live) {
    for (const { tier, quantity } of items) living.add(`${hold} ${tier} ${quantity}`);
  }
  for (const row of holds) {
    if (!living.delete(row)) found.push(`the hold row ${row} is active and does not live by the ledger`);
  }
  for (const row of living) found.push(`the hold ${row} lives by the ledger and has no active row`);
  return found;
}
