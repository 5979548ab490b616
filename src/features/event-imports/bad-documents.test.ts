/** Documents that cannot be imported, or not without being asked about: what is said of each. */
import { describe, expect, test } from 'vitest';
import { show } from '../../../test/support/shown-document.ts';
import type { ReadOptions } from '../../domain/event-markup/reader.ts';
import { completed, needsOf } from './options.ts';
import { readBytes } from './read.ts';

const now = Date.parse('2029-01-01T00:00:00Z');

function read(document: unknown, options: ReadOptions = {}): string[] {
  const bytes =
    document instanceof Uint8Array
      ? document
      : Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  return show(readBytes(bytes, options, now));
}
const errors = (lines: string[]) => lines.filter((line) => line.startsWith('error'));

const good = {
  '@type': 'Event',
  name: 'Show',
  startDate: '2030-06-01T20:00:00+02:00',
  timeZone: 'Europe/Berlin',
  location: 'Hall',
  offers: { name: 'Seat', price: 10, priceCurrency: 'EUR', inventoryLevel: 5 },
};
const offers = (...more: object[]) => ({
  ...good,
  offers: more.map((each) => ({ ...good.offers, ...each })),
});
const nested = (depth: number) => `${'['.repeat(depth)}${JSON.stringify(good)}${']'.repeat(depth)}`;
/** The good one, with a key and its value once more. */
function twice(key: string, value: unknown): string {
  const member = `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  return JSON.stringify(good).replace(member, `${member},${member}`);
}

test('the good one is good', () => {
  expect(read(good)).toEqual(['Show @ Hall | 2030-06-01T20:00:00+02:00 Europe/Berlin | EUR Seat 10.00 x 5']);
});

describe('a document that is refused', () => {
  test.each<[what: string, document: unknown, said: RegExp]>([
    ['nothing', '', /error # the file is empty/],
    ['blanks', ' \n ', /error # the file is empty/],
    ['prose', 'Come to our show!', /error # not JSON: .*Unexpected token/],
    ['half a document', JSON.stringify(good).slice(0, -9), /error # not JSON/],
    ['null', 'null', /error # no event of schema.org/],
    ['another thing', { '@type': 'Recipe', name: 'Soup' }, /error # no event of schema.org/],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), /error # the file is not UTF-8/],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]), /error # the file is not UTF-8/],
    ['two names', twice('name', 'Show'), /error #\/name stands twice in its object/],
    ['two prices', twice('price', 10), /error #\/offers\/price stands twice/],
    ['two capacities', twice('inventoryLevel', 5), /error #\/offers\/inventoryLevel stands twice/],
    [
      'two prices in a page',
      `<script type="application/ld+json">${twice('price', 10)}</script>`,
      /error 1#\/offers\/price stands twice/,
    ],
    [
      'two prices in a document with commas too many',
      twice('price', 10).replace(/}$/, ',}'),
      /error #\/offers\/price stands twice/,
    ],
    [
      'ours with two lists of tiers',
      '{"format":"holdfast.events","version":1,"events":[{"name":"Show","tiers":[],"tiers":[]}]}',
      /error #\/events\/0\/tiers stands twice/,
    ],
    [
      'ours with two formats',
      '{"format":"holdfast.events","format":"holdfast.events","version":1,"events":[]}',
      /error #\/format stands twice/,
    ],
    ['nested a little too deep', nested(65), /nested deeper than 64 levels/],
    ['nested a hundred thousand deep', nested(100_000), /nested deeper than 64 levels|not JSON/],
    ['no name', { ...good, name: '' }, /error # no name/],
    ['no date', { ...good, startDate: null }, /error # no startDate/],
    [
      'a date nobody knows',
      { ...good, startDate: 'next Tuesday' },
      /error #\/startDate "next Tuesday" is no date/,
    ],
    ['a negative price', offers({ price: -1 }), /error #\/offers\/0\/price -1 is negative \(offer "Seat"\)/],
    ['a price of words', offers({ price: 'ask us' }), /error #\/offers\/0\/price "ask us" is no price/],
    ['no price', offers({ price: null }), /error #\/offers\/0 the offer "Seat" has no price \[price\]/],
    ['a price beyond measure', offers({ price: 1e12 }), /is more than a ticket can cost/],
    ['a list of prices', offers({ price: [10, 20] }), /the offer "Seat" has several prices/],
    [
      'another currency',
      offers({}, { name: 'Box', priceCurrency: 'USD' }),
      /the offer "Box" is in USD, and the event in EUR/,
    ],
    [
      'a sign of another currency',
      offers({ name: 'Box', price: '$10' }),
      /the offer "Box" is in USD or .*, and the event in EUR/,
    ],
    ['a currency nobody has', offers({ priceCurrency: 'Taler' }), /"Taler" is no currency of ISO 4217/],
    ['a part of a ticket', offers({ inventoryLevel: 2.5 }), /2.5 is no number of tickets/],
    ['fewer than none', offers({ inventoryLevel: -3 }), /-3 is no number of tickets/],
    [
      'a thousand tickets, or one',
      offers({ inventoryLevel: '1.000' }),
      /error #\/offers\/0\/inventoryLevel "1.000" may be 1000 or 1.000 tickets: write it as a number/,
    ],
    [
      'the same with a comma',
      offers({ inventoryLevel: { '@type': 'QuantitativeValue', value: '1,000' } }),
      /error #\/offers\/0\/inventoryLevel\/value "1,000" may be 1000 or 1.000 tickets/,
    ],
    [
      'the same of the event',
      { ...good, maximumAttendeeCapacity: '2.500' },
      /error #\/maximumAttendeeCapacity "2.500" may be 2500 or 2.500 tickets/,
    ],
    [
      'tickets without number',
      offers({ inventoryLevel: null }),
      /how many tickets there are is not said \[capacity\]/,
    ],
    [
      'a limit of no tickets',
      offers({ eligibleQuantity: { '@type': 'QuantitativeValue', maxValue: 0 } }),
      /error #\/offers\/0\/eligibleQuantity\/maxValue a buyer may have 0 tickets: nobody could buy any/,
    ],
    [
      'a limit of no tickets, as a number alone',
      offers({ eligibleQuantity: 0 }),
      /error #\/offers\/0\/eligibleQuantity a buyer may have 0 tickets/,
    ],
    [
      'a sale that ends first',
      offers({ validFrom: '2030-02-02', validThrough: '2030-02-01' }),
      /"2030-02-01" is not after/,
    ],
    [
      'a sale that begins whenever',
      offers({ validFrom: 'now' }),
      /error #\/offers\/0\/validFrom "now" is no date/,
    ],
    [
      '101 offers',
      offers(...Array.from({ length: 101 }, () => ({}))),
      /error #\/offers 101 offers: an event has at most 100 tiers/,
    ],
    ['ten thousand offers', offers(...Array.from({ length: 10_000 }, () => ({}))), /10000 offers/],
    [
      'too many events',
      Array.from({ length: 10_001 }, () => good),
      /error # 10001 events; one document may have 10000/,
    ],
    [
      'another version of ours',
      { format: 'holdfast.events', version: 2, events: [] },
      /error #\/version must be 1/,
    ],
    [
      'ours, and wrong',
      { format: 'holdfast.events', version: 1, events: [{ name: 7 }] },
      /error #\/events\/0\/name/,
    ],
    [
      'ours with a sale that closed before there were sales',
      {
        format: 'holdfast.events',
        version: 1,
        events: [
          {
            name: 'Show',
            startsAt: '2030-06-01T20:00:00Z',
            currency: 'EUR',
            sale: { closesAt: '1970-01-01T00:00:00Z' },
          },
        ],
      },
      /error #\/events\/0\/sale\/closesAt must be from 2000-01-01T00:00:00Z/,
    ],
    [
      'ours with half a character in a ref',
      {
        format: 'holdfast.events',
        version: 1,
        events: [{ ref: '\ud800', name: 'Show', startsAt: '2030-06-01T20:00:00Z', currency: 'EUR' }],
      },
      /error #\/events\/0\/ref must be well-formed Unicode/,
    ],
    [
      'a year that has five digits in UTC',
      { ...good, startDate: '9999-12-31T23:30:00-01:00', timeZone: 'Atlantic/Cape_Verde' },
      /error # ?\/startsAt must be from 2000-01-01T00:00:00Z to before the year 10000/,
    ],
    [
      'ours with something else',
      { format: 'holdfast.events', version: 1, events: [], more: 1 },
      /error #\/more is not known/,
    ],
    [
      'a page whose event is broken',
      '<script type="application/ld+json">{"@type":"Event",</script>',
      /error 1# not JSON/,
    ],
    ['a page without markup', '<html><p>Hello', /error # the page has no <script/],
  ])('%s', (_, document, said) => {
    const lines = read(document);
    expect(errors(lines).join('\n')).toMatch(said);
    expect(lines.filter((line) => !/^(error|warning|no event)/.test(line))).toEqual([]);
  });
});

test.each([5, '5', '5.0', '5.00', '5.0000', ['5'], { value: '5' }, { '@value': 5 }])(
  'five tickets written as %j',
  (inventoryLevel) => expect(read(offers({ inventoryLevel }))[0]).toMatch(/ Seat 10.00 x 5$/),
);

test.each<[what: string, document: unknown, place: string | undefined]>([
  ['two offers of one name and price', offers({}, {}), 'warning #/offers/1'],
  ['two offers of one name at two prices', offers({}, { price: 11 }), undefined],
  ['a type nobody knows', { ...good, '@type': 'FooEvent' }, 'warning #'],
  [
    'a type nobody knows beside one that is known',
    { ...good, '@type': ['FooEvent', 'MusicEvent'] },
    undefined,
  ],
  [
    'an offer below the lowest price of all',
    { ...good, offers: { lowPrice: 20, highPrice: '30.00', offers: [good.offers] } },
    'warning #/offers/offers/0',
  ],
  [
    'an offer above the highest price of all',
    { ...good, offers: { lowPrice: 5, highPrice: 9.99, offers: [good.offers] } },
    'warning #/offers/offers/0',
  ],
  [
    'an offer that is the lowest and the highest',
    { ...good, offers: { lowPrice: 10, highPrice: 10, offers: [good.offers] } },
    undefined,
  ],
])('%s: a hint, or none', (_, document, place) => {
  const lines = read(document);
  expect(lines[0]).toMatch(/^Show @ Hall/);
  expect(lines.slice(1)).toEqual(place === undefined ? [] : [place]);
});

test('every error of a document is listed at once', () => {
  const lines = errors(
    read([
      { ...good, startDate: '2030-06-01T20:00', timeZone: 'Nowhere' },
      offers({ price: -1 }, { inventoryLevel: 'many' }),
    ]),
  );
  expect(lines.map((line) => line.split(' ')[1])).toEqual([
    '#/0/startDate',
    '#/1/offers/0/price',
    '#/1/offers/1/inventoryLevel',
  ]);
});

test('100 offers are the most there may be, and 64 levels', () => {
  const lines = read(offers(...Array.from({ length: 100 }, (_, at) => ({ name: `Seat ${at}` }))));
  expect(lines[0]).toMatch(/Seat 99 10.00 x 5$/);
  expect(read(nested(63))).toHaveLength(1);
});

test('texts lose entities and markup once, and nothing else', () => {
  const name = (text: string) => read({ ...good, name: text })[0]?.split(' @ ')[0];
  expect(name('Rock &amp; Roll &#8211; &quot;Live&quot;')).toBe('Rock & Roll – "Live"');
  expect(name('<b>Big</b> <i>Night</i>')).toBe('Big Night');
  expect(name('&amp;amp;')).toBe('&amp;');
  expect(name('Tom &amp; Jerry &lt;b&gt;live&lt;/b&gt;')).toBe('Tom & Jerry live');
  expect(name('&lt;p&gt;Big&lt;br/&gt;Night&lt;/p&gt;')).toBe('Big Night');
  expect(name('A < B')).toBe('A < B');
  expect(name('A &lt; B &gt; C')).toBe('A < B > C');
  expect(name('Big <B')).toBe('Big <B');
  expect(name('<i>Big</i> <B')).toBe('Big <B');
  expect(name('&lt;i&gt;Big&lt;/i&gt; &lt;B')).toBe('Big <B');
  expect(name('R&B <3 & more')).toBe('R&B <3 & more');
  expect(name('line\n  break\tand \u0000 NUL')).toBe('line break and NUL');
  expect(name('half a \ud83d character')).toBe('half a \ufffd character');
  expect(name('x'.repeat(300))).toBe('x'.repeat(200));
});

test('what is missing can be asked for, and the answers complete the document', async () => {
  const document = { ...good, startDate: '2030-06-01T20:00', timeZone: undefined, offers: { name: 'Seat' } };
  const bytes = Buffer.from(JSON.stringify(document));
  const first = readBytes(bytes, {}, now);
  const needs = needsOf(first.events.flatMap((event) => event.findings));
  expect(needs).toEqual(['zone', 'currency', 'price', 'capacity']);
  const answers: Record<string, string> = {
    zone: 'Europe/Berlin',
    currency: 'EUR',
    'ticket cost': '12.50',
    'How many': '80',
  };
  const asked: string[] = [];
  const options = await completed({}, needs, async (question, wrong) => {
    asked.push(question);
    const [, text] = Object.entries(answers).find(([part]) => question.includes(part)) ?? [];
    expect(wrong('nonsense')).toMatch(/^must be /);
    return text;
  });
  expect(asked).toHaveLength(4);
  expect(show(readBytes(bytes, options, now))).toEqual([
    'Show @ Hall | 2030-06-01T20:00:00+02:00 Europe/Berlin | EUR Seat 12.50 x 80',
    'warning #',
  ]);
});
