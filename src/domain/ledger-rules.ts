/**
 * The rules of `verify`, one fact at a time. Each has a name, and the first one a fact breaks is the answer.
 *
 *   facts_readable         the body is the canonical text of a fact of this event, and the row repeats it rightly
 *   versions_contiguous    versions are 1, 2, 3 ... without a hole or a repeat
 *   counters_carried       the counters a fact carries are the folded ones, of exactly the lines it touched
 *   held_is_live_holds     held is what the live holds hold, per line
 *   sold_is_confirmed      sold is what orders bought and did not give back, per line
 *   nothing_oversold       capacity - held - sold - withheld is at least 0, and no counter is negative
 *   holds_end_once         a hold ends at most once, only while it lives, and never expires before its deadline
 *   orders_settle_once     an order is sold or unfulfilled, at most once
 *   hashes_chain           roots, chain and head are those of the facts
 */
import type { Fact, Movement } from './facts.ts';
import { endKeptMs, type LedgerBook } from './ledger-book.ts';

export const ledgerRules = [
  'facts_readable',
  'versions_contiguous',
  'counters_carried',
  'held_is_live_holds',
  'sold_is_confirmed',
  'nothing_oversold',
  'holds_end_once',
  'orders_settle_once',
  'hashes_chain',
] as const;

export type LedgerRule = (typeof ledgerRules)[number];

/** `version` is that of the entry that breaks the rule. */
export type Violation = { rule: LedgerRule; version: number; sentence: string };

/** The lives of holds and orders. Answers the rule it breaks and why; changes the book only as far as it holds. */
function live(book: LedgerBook, fact: Fact): [LedgerRule, string] | undefined {
  switch (fact.kind) {
    case 'held': {
      if (book.live.has(fact.hold)) return ['holds_end_once', `hold ${fact.hold} is held while it lives`];
      const end = book.ended.get(fact.hold);
      if (end !== undefined && fact.at - end.at <= endKeptMs) {
        return ['holds_end_once', `hold ${fact.hold} is held again within two hours of being ${end.how}`];
      }
      book.beginHold(fact.hold, fact.items, fact.deadline);
      return undefined;
    }
    case 'extended':
    case 'pinned': {
      const hold = book.live.get(fact.hold);
      if (hold === undefined)
        return ['holds_end_once', `hold ${fact.hold} is ${fact.kind} but does not live`];
      hold.deadline = fact.deadline;
      if (fact.kind === 'pinned') hold.order = fact.order;
      return undefined;
    }
    case 'released':
    case 'expired': {
      const hold = book.live.get(fact.hold);
      if (hold === undefined)
        return ['holds_end_once', `hold ${fact.hold} is ${fact.kind} but does not live`];
      if (fact.kind === 'expired' && hold.order !== null) {
        return ['holds_end_once', `hold ${fact.hold} expires while order ${hold.order} is paying for it`];
      }
      if (fact.kind === 'expired' && fact.at < hold.deadline) {
        return [
          'holds_end_once',
          `hold ${fact.hold} expires ${hold.deadline - fact.at} ms before its deadline`,
        ];
      }
      book.endHold(fact.hold, fact.kind, fact.at);
      return undefined;
    }
    case 'sold':
    case 'unfulfilled': {
      if (book.orders.has(fact.order)) {
        return ['orders_settle_once', `order ${fact.order} is ${fact.kind} but was settled before`];
      }
      const inTime = fact.kind === 'sold' && !fact.late;
      if (inTime !== book.live.has(fact.hold)) {
        const found = inTime ? 'does not live' : 'still lives';
        return ['holds_end_once', `hold ${fact.hold} is ${fact.kind}${inTime ? '' : ' late'} but ${found}`];
      }
      const end = book.ended.get(fact.hold);
      const recent = end !== undefined && fact.at - end.at <= endKeptMs;
      if (recent && end.how === 'confirmed') {
        return ['holds_end_once', `hold ${fact.hold} is ${fact.kind} but was confirmed before`];
      }
      // An order owns what its hold held: were the fact's own items counted, a fact that sells more than was held would pass.
      const items = book.live.get(fact.hold)?.items ?? fact.items;
      // An end never changes: of a hold that had ended, a late sale is the order's and not the hold's.
      if (inTime || !recent) {
        book.endHold(fact.hold, fact.kind === 'sold' ? 'confirmed' : 'unfulfilled', fact.at);
      }
      book.buy(fact.order, fact.kind === 'sold' ? items : []);
      return undefined;
    }
    case 'returned':
      if (book.giveBack(fact.order, fact.items)) return undefined;
      return ['sold_is_confirmed', `order ${fact.order} gives back more than it owns`];
    case 'rebuilt':
      book.moveDeadlines(fact.outageMs);
      return undefined;
    default:
      return undefined;
  }
}

function carried(book: LedgerBook, fact: Fact, moved: Movement[]): string | undefined {
  const named = new Set(fact.after.map((counters) => counters.line));
  if (named.size !== fact.after.length) return 'the fact carries the counters of one line twice';
  for (const { line } of moved) {
    if (!named.delete(line)) return `the fact touches line ${line} and does not carry its counters`;
  }
  for (const line of named) return `the fact carries the counters of line ${line}, which it does not touch`;
  for (const after of fact.after) {
    const line = book.lines.get(after.line);
    for (const counter of ['capacity', 'held', 'sold', 'withheld'] as const) {
      if (line?.[counter] !== after[counter]) {
        return `${counter} of line ${after.line} is ${line?.[counter]} by the fold and ${after[counter]} by the fact`;
      }
    }
  }
  return undefined;
}

function accounts(book: LedgerBook, moved: Movement[]): [LedgerRule, string] | undefined {
  for (const move of moved) {
    const line = book.lines.get(move.line);
    if (line === undefined) continue;
    const { line: id, capacity, held, sold, withheld, liveHeld, owned } = line;
    if (held !== liveHeld) {
      return ['held_is_live_holds', `line ${id} has ${held} held, its live holds ${liveHeld}`];
    }
    if (sold !== owned) return ['sold_is_confirmed', `line ${id} has ${sold} sold, its orders own ${owned}`];
    if (Math.min(capacity, held, sold, withheld) < 0) {
      return ['nothing_oversold', `line ${id} has a counter below zero`];
    }
    if (capacity - held - sold - withheld < 0) {
      return ['nothing_oversold', `line ${id} has ${capacity} in all and promises ${held + sold + withheld}`];
    }
  }
  return undefined;
}

/** Folds one fact into the book and answers the first rule it breaks. */
export function judge(book: LedgerBook, fact: Fact): Violation | undefined {
  const violation = (rule: LedgerRule, sentence: string) => ({ rule, version: fact.version, sentence });
  if (fact.version !== book.version + 1) {
    return violation('versions_contiguous', `version ${fact.version} follows ${book.version}`);
  }
  const { moved, unknown } = book.move(fact);
  if (unknown !== undefined) return violation('counters_carried', `line ${unknown} was never opened`);
  const miscarried = carried(book, fact, moved);
  if (miscarried !== undefined) return violation('counters_carried', miscarried);
  const broken = live(book, fact) ?? accounts(book, moved);
  return broken === undefined ? undefined : violation(...broken);
}
