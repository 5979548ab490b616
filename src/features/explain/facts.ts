/** Facts of the ledger in plain words. */
import { decimalText } from '../../domain/currency.ts';
import type { Fact, Item } from '../../domain/facts.ts';
import type { Moment } from './moment.ts';

export type Words = {
  tierName(tier: string): string;
  currency: string;
};

export const factKey = (version: number) => `fact:${version}`;
const time = (unixMs: number) => new Date(unixMs).toISOString();
const units = (items: Item[]) => items.reduce((sum, { quantity }) => sum + quantity, 0);
export const tickets = (many: number) => (many === 1 ? '1 ticket' : `${many} tickets`);
export const moneyOf = (amount: number, currency: string) => `${decimalText(amount, currency)} ${currency}`;

function basket(items: Item[], { tierName, currency }: Words): string {
  return items
    .map(({ tier, quantity, price }) => `${quantity} x ${tierName(tier)} at ${moneyOf(price, currency)}`)
    .join(', ');
}

/** Each fact of a hold comes after the one before it, whatever the clocks say. */
export function factMoments(facts: Fact[], words: Words): Moment[] {
  return facts.map((fact, index) => {
    const before = facts[index - 1];
    const after = [
      ...(before ? [factKey(before.version)] : []),
      ...(fact.kind === 'pinned' ? ['order'] : []),
      ...(fact.kind === 'returned' && fact.op !== undefined ? [`refund:${fact.op}`] : []),
    ];
    return { key: factKey(fact.version), at: fact.at, source: 'ledger', said: said(fact, words), after };
  });
}

function said(fact: Fact, words: Words): string {
  const by = fact.actor === undefined || fact.actor === 'buyer' ? '' : ` by ${fact.actor}`;
  const why = fact.reason === undefined ? '' : `: ${fact.reason}`;
  switch (fact.kind) {
    case 'held':
      return `${basket(fact.items, words)} went into a basket, held until ${time(fact.deadline)}${by}${why}.`;
    case 'extended':
      return `The hold was extended to ${time(fact.deadline)}${by}${why}; that was extension ${fact.extensions}.`;
    case 'pinned':
      return `A checkout began: the hold stays until its payment ends, at the latest ${time(fact.deadline)}.`;
    case 'released':
      return fact.order === null
        ? `The hold was given back${by}${why}; ${tickets(units(fact.items))} for sale again.`
        : `The checkout was ended before it was paid${by}${why}: the order is cancelled, ${tickets(units(fact.items))} for sale again.`;
    case 'expired':
      return `The hold ended by itself, because its time was over at ${time(fact.deadline)}; ${tickets(units(fact.items))} for sale again.`;
    case 'sold':
      return fact.late
        ? `The payment came after the hold had ended, the same tickets were still there and were taken again: ${tickets(units(fact.items))} sold, late${by}${why}.`
        : `The order was completed: ${tickets(units(fact.items))} sold${by}${why}.`;
    case 'unfulfilled':
      return `The order could not be fulfilled: its hold had ended and ${basket(fact.items, words)} was not to be had any more. What was paid goes back.`;
    case 'returned': {
      const where = { public: 'for sale again', house: 'withheld for the organizer', none: 'gone for good' };
      return `${tickets(units(fact.items))} given back${by}${why}; they are void, and their places ${where[fact.returnTo]}.`;
    }
    default:
      return `${fact.kind}${by}${why}.`;
  }
}
