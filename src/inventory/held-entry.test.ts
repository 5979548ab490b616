/** What is read from bytes is what decoding says, and an entry that decoding reads otherwise is not taken. */
import { describe, expect, test } from 'vitest';
import { entryFields } from '../../test/support/journal.ts';
import {
  buyer,
  factsOf,
  hold,
  opened,
  pool,
  type Step,
  start,
  tier,
  ttlMs,
} from '../../test/support/ledger.ts';
import type { Fact } from '../domain/facts.ts';
import { type HeldBytes, itemParts, uuidParts } from '../domain/held-bytes.ts';
import type { UserId } from '../domain/ids.ts';
import { canonicalText } from '../domain/ledger.ts';
import { HeldEntry } from './held-entry.ts';
import { decodeEntry, type JournalEntry, type RawEntry } from './journal.ts';

const at = start + 60_000;
const userOf = (n: number) => `01939a00-0000-4000-8000-75000000000${n}` as UserId;

const held = (
  n: number,
  items: { tier: ReturnType<typeof tier>; quantity: number; price: number }[],
): Step => ({
  kind: 'held',
  hold: hold(n),
  buyer: buyer(n),
  items,
  deadline: at + ttlMs,
  ttlMs,
  at,
});
const one = { tier: tier(1), quantity: 2, price: 5000 };
const free = { tier: tier(2), quantity: 1, price: 0 };
const facts = factsOf([
  opened(100),
  held(1, [one]),
  held(0xabcdef, [{ ...free, quantity: 20 }]),
  held(3, [one, free]),
]).slice(1);
const users = [userOf(1), null, userOf(3)];

const rawOf = (fields: string[]): RawEntry => [Buffer.from('1-7'), fields.map((field) => Buffer.from(field))];

type Read = { version: number; at: number; deadline: number; ttlMs: number; text: string; ids: string[] };
type Row = { tier: string; quantity: number; price: number };

const hex = (ids: Int32Array, from = 0) =>
  Array.from(ids.subarray(from, from + uuidParts), (part) => (part >>> 0).toString(16).padStart(8, '0')).join(
    '',
  );
const bare = (id: string) => id.replaceAll('-', '');

function factRead(from: HeldBytes): Read & { user: string | null; rows: Row[] } {
  const rows = Array.from({ length: from.itemCount }, (_, n) => {
    const [quantity, price] = from.items.subarray(n * itemParts + uuidParts);
    return { tier: hex(from.items, n * itemParts), quantity: quantity as number, price: price as number };
  });
  const { version, at, deadline, ttlMs } = from;
  const ids = [bare(from.event), hex(from.eventId), hex(from.hold), hex(from.buyer)];
  const text = from.text.toString('utf8', 0, from.textEnd);
  return { version, at, deadline, ttlMs, text, ids, rows, user: from.hasUser ? hex(from.user) : null };
}

function factDecoded(fact: Fact, user: string | null): ReturnType<typeof factRead> {
  if (fact.kind !== 'held') throw new Error(`a fact of kind ${fact.kind} was read as held`);
  const { version, at, deadline, ttlMs } = fact;
  const rows = fact.items.map((item) => ({ ...item, tier: bare(item.tier) }));
  const ids = [fact.event, fact.event, fact.hold, fact.buyer].map(bare);
  return {
    version,
    at,
    deadline,
    ttlMs,
    text: `\0${canonicalText(fact)}`,
    ids,
    rows,
    user: user && bare(user),
  };
}

const entry = new HeldEntry();

/** Undefined when it is not taken. */
function readBytes(raw: RawEntry) {
  if (!entry.begin(raw)) return undefined;
  const read = [];
  while (entry.next()) read.push(factRead(entry));
  return entry.whole ? read : undefined;
}

const decoded = ({ facts, users }: JournalEntry) =>
  facts.map((fact, n) => factDecoded(fact, users[n] ?? null));

describe("a reserve's entry", () => {
  test.each([
    ['with people', users],
    ['of nobody', undefined],
  ])('is read as decoding reads it: %s', (_, known) => {
    const raw = rawOf(entryFields(facts, known));
    const read = readBytes(raw);
    expect(read).toHaveLength(facts.length);
    expect(read).toEqual(decoded(decodeEntry('s', raw)));
  });

  test('comes to its units, and to the counters after the last fact of each line', () => {
    expect(readBytes(rawOf(entryFields(facts)))).toBeDefined();
    const { items, after } = entry.sum();
    expect(items).toEqual([
      { tier: tier(1), quantity: 4, price: 0 },
      { tier: tier(2), quantity: 21, price: 0 },
    ]);
    expect(after).toEqual([
      { line: tier(1), capacity: 100, held: 4, sold: 0, withheld: 0 },
      { line: pool(1), capacity: 200, held: 4, sold: 0, withheld: 0 },
      { line: tier(2), capacity: 100, held: 21, sold: 0, withheld: 0 },
    ]);
  });

  test.each<[string, (fields: string[]) => string[]]>([
    ['no facts', ([e, id, t, time, f]) => [e, id, t, time, f, '[]'] as string[]],
    ['other fields', (fields) => fields.map((field) => (field === 'u' ? 'w' : field))],
    ['a user too few', (fields) => fields.map((field) => field.replace(/ \S+$/, ''))],
    ['a user too many', (fields) => [...fields.slice(0, -1), `${fields.at(-1)} -`]],
    ['a reason', (fields) => fields.map((field) => field.replace(',"h"', ',"r":"why","h"'))],
    ['another kind', (fields) => fields.map((field) => field.replace('"held"', '"sold"'))],
    ['a number with a fraction', (fields) => fields.map((field) => field.replace('5000]', '5000.5]'))],
    ['a number below zero', (fields) => fields.map((field) => field.replace(',5000]', ',-5000]'))],
    ['a number no column takes', (fields) => fields.map((field) => field.replace(',5000]', ',2147483648]'))],
    [
      'a number that is not safe',
      (fields) => fields.map((field) => field.replace('"v":2', `"v":${2 ** 53}`)),
    ],
    ['something behind', (fields) => fields.map((field) => field.replace(/]$/, ']]'))],
  ])('is not one with %s', (_, change) => {
    const fields = entryFields(facts, users);
    expect(change(fields)).not.toEqual(fields);
    expect(readBytes(rawOf(change(fields)))).toBeUndefined();
  });

  test('that differs anywhere by a byte is not taken, or is read as decoding reads it', () => {
    const fields = entryFields(facts, users);
    let taken = 0;
    let left = 0;
    const look = (raw: RawEntry) => {
      const read = readBytes(raw);
      if (read === undefined) left += 1;
      else {
        taken += 1;
        expect(read).toEqual(decoded(decodeEntry('s', raw)));
      }
    };
    for (const [field, text] of fields.entries()) {
      for (let place = 0; place <= text.length; place++) {
        for (const other of ['', '0', '7', 'a', 'g', 'A', '-', ' ', '"', ',', ']', '\0', 'ä']) {
          for (const gone of [0, 1]) {
            const changed = text.slice(0, place) + other + text.slice(place + gone);
            if (changed !== text) look(rawOf(fields.with(field, changed)));
          }
        }
      }
    }
    // Another digit of an id or a number is another fact; all the rest is none.
    expect(taken).toBeGreaterThan(500);
    expect(left).toBeGreaterThan(taken);
  });
});
