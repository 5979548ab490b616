/**
 * A frozen event's tables stand still while its facts go on. For such an event the rebuild adds the facts that wait in the
 * ledger to what the tables say, so that Redis knows every hold and every sale that was ever promised.
 */
import type { Fact, FactOf, Item } from '../../domain/facts.ts';
import type { BuyerId, LineId, OrderId } from '../../domain/ids.ts';
import type { EventState } from '../../inventory/load-event.ts';
import { basketRecord } from '../../inventory/records.ts';
import { operationRecord } from '../journal/operation-record.ts';
import { fingerprint } from './event-state.ts';

/** Changes `state` in place, fact by fact. Counters are those the facts carry: what Redis itself counted. */
export function foldWaiting(state: EventState, facts: { fact: Fact; user: string | null }[]): void {
  const holds = new Map(state.holds.map((hold) => [hold.view.hold, hold]));
  const lines = new Map(state.lines.map((line) => [line.line, line]));

  const give = (buyer: BuyerId, items: Item[], sign: 1 | -1) => {
    const has = state.buyers.get(buyer) ?? new Map<LineId, number>();
    for (const { tier, quantity } of items) {
      const units = (has.get(tier) ?? 0) + sign * quantity;
      if (units === 0) has.delete(tier);
      else has.set(tier, units);
    }
    if (has.size === 0) state.buyers.delete(buyer);
    else state.buyers.set(buyer, has);
  };
  const ended = new Set(state.ended.map(({ id }) => id));
  const end = (fact: Fact & { hold: string; items: Item[] }, how: string, order: OrderId | null) => {
    const words = [how, fact.version, fingerprint(basketRecord(fact.items)), order ?? '-'];
    state.ended.push({ id: fact.hold, at: fact.at, record: words.join(' ') });
    ended.add(fact.hold);
  };
  /** An end that was known before stands, as in confirm.lua. */
  const endUnknown = (fact: FactOf<'sold'> | FactOf<'unfulfilled'>, how: string) => {
    if (!ended.has(fact.hold)) end(fact, how, fact.order);
  };

  for (const { fact, user } of facts) {
    state.version = fact.version;
    const record = fact.op === undefined ? undefined : operationRecord(fact);
    if (fact.op !== undefined && record !== undefined) {
      state.ended.push({ id: fact.op, at: fact.at, record });
    }
    switch (fact.kind) {
      case 'held': {
        const { hold, buyer, items, deadline, ttlMs } = fact;
        const view = {
          hold,
          state: 'active',
          buyer,
          items,
          deadline,
          heldAt: fact.at,
          ttlMs,
          extensions: 0,
          order: null,
        } as const;
        holds.set(hold, { view: { ...view }, user });
        give(buyer, items, 1);
        break;
      }
      case 'extended': {
        const hold = holds.get(fact.hold);
        if (hold) Object.assign(hold.view, { deadline: fact.deadline, extensions: fact.extensions });
        break;
      }
      case 'pinned': {
        const hold = holds.get(fact.hold);
        if (hold) Object.assign(hold.view, { state: 'paying', order: fact.order, deadline: fact.deadline });
        break;
      }
      case 'released':
      case 'expired':
        holds.delete(fact.hold);
        give(fact.buyer, fact.items, -1);
        end(fact, fact.kind, fact.kind === 'released' ? fact.order : null);
        break;
      case 'sold':
        if (fact.late) {
          give(fact.buyer, fact.items, 1);
          endUnknown(fact, 'confirmed');
        } else end(fact, 'confirmed', fact.order);
        holds.delete(fact.hold);
        break;
      case 'returned':
        give(fact.buyer, fact.items, -1);
        state.voided.push(...(fact.tickets ?? []));
        break;
      case 'opened':
        for (const line of fact.lines) {
          lines.set(line.line, {
            ...line,
            held: 0,
            sold: 0,
            withheld: 0,
            spokenFor: 0,
            priceVersion: 1,
            target: null,
          });
        }
        break;
      case 'resized': {
        const line = lines.get(fact.line);
        if (line) line.target = fact.target;
        break;
      }
      case 'repriced': {
        const line = lines.get(fact.tier);
        if (line) Object.assign(line, { price: fact.price, priceVersion: fact.priceVersion });
        break;
      }
      case 'sale_set':
        state.sale = fact.sale;
        for (const { tier, buyerLimit } of fact.limits) {
          const line = lines.get(tier);
          if (line) line.buyerLimit = buyerLimit;
        }
        break;
      case 'rebuilt':
        for (const hold of holds.values()) hold.view.deadline += fact.outageMs;
        break;
      case 'unfulfilled':
        endUnknown(fact, 'unfulfilled');
        break;
      case 'withheld':
      case 'frozen':
      case 'thawed':
      case 'retired':
        break;
    }
    for (const { line, capacity, held, sold, withheld } of fact.after) {
      const known = lines.get(line);
      if (!known) continue;
      Object.assign(known, { capacity, held, sold, withheld });
      if (known.target !== null && capacity <= known.target) known.target = null;
    }
  }
  state.holds = [...holds.values()];
  state.lines = [...lines.values()];
}
