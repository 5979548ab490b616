import { describe, expect, test } from 'vitest';
import { event, factsOf, opened, sale, start, tier } from '../../test/support/ledger.ts';
import type { Fact, FactOf, Sale } from './facts.ts';
import { canonicalText, factOf } from './ledger.ts';

const saleOf: Sale = (factsOf([opened()])[0] as FactOf<'opened'>).sale;

describe('the canonical text of a fact', () => {
  test.each(
    factsOf([
      ...sale,
      {
        kind: 'sale_set',
        sale: saleOf,
        limits: [{ tier: tier(1), buyerLimit: 2 }],
      },
      { kind: 'retired', op: 'op "1"' as never, actor: 'admin', reason: 'a line\nand another' },
    ]),
  )('comes back as the same fact: $kind', (fact) => {
    expect(factOf(canonicalText(fact))).toEqual(fact);
  });

  test.each(factsOf(sale))('is the JSON of its keys in the order of the contract: $kind', (fact) => {
    const keys: Partial<Record<Fact['kind'], string>> = {
      held: 'hold buyer items deadline ttlMs',
      extended: 'hold deadline extensions',
      pinned: 'hold order deadline',
      released: 'hold buyer items order',
      unfulfilled: 'hold buyer items order',
      expired: 'hold buyer items deadline',
      sold: 'hold buyer items order late',
      returned: 'order buyer items returnTo tickets',
      opened: 'lines sale',
      resized: 'line capacity target',
      repriced: 'tier price priceVersion',
      withheld: 'line quantity',
      rebuilt: 'epoch outageMs',
    };
    const spoken = { ...fact, op: 'op "1"', actor: 'Zoë\n', reason: '\u0000\\' } as unknown as Fact;
    for (const each of [fact, spoken]) {
      const order = `event version at kind op actor reason ${keys[fact.kind] ?? ''} after`.split(/ +/);
      const record = each as unknown as Record<string, unknown>;
      const pairs = order.filter((key) => key in record).map((key) => [key, record[key]]);
      expect(canonicalText(each)).toBe(JSON.stringify(Object.fromEntries(pairs)));
    }
  });

  test('is JSON in the order of the contract', () => {
    const [first] = factsOf([{ kind: 'frozen', reason: 'r', actor: 'a', op: 'o' as never }]);
    expect(canonicalText(first as Fact)).toBe(
      `{"event":"${event}","version":1,"at":${start},"kind":"frozen","op":"o","actor":"a","reason":"r","after":[]}`,
    );
  });

  test.each([
    ['no JSON', '{'],
    ['another key order', `{"version":1,"event":"${event}","at":1,"kind":"frozen","after":[]}`],
    ['a foreign key', `{"event":"${event}","version":1,"at":1,"kind":"frozen","after":[],"more":1}`],
    ['an unknown kind', `{"event":"${event}","version":1,"at":1,"kind":"melted","after":[]}`],
    ['a missing key', `{"event":"${event}","version":1,"at":1,"kind":"held","after":[]}`],
  ])('is nothing else: %s', (_, body) => {
    expect(factOf(body)).toBeUndefined();
  });
});
