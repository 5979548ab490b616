/** The one way in for values, whichever way they came: nothing older than what was shown is shown. */
import { expect, test } from 'vitest';
import { backoffMs } from './clock.ts';
import { readRetryAfter } from './http/retry.ts';
import { Feed } from './live/feed.ts';
import type { Counts, Position } from './live/protocol.ts';

const at = (epoch: number, version: number): Position => ({ epoch, version });
const counts = (position: Position): Counts => ({ eventId: 'evt', asOf: undefined, tiers: [], ...position });

test.each<[string, Position[], Position[]]>([
  ['the next version', [at(1, 5), at(1, 6)], [at(1, 5), at(1, 6)]],
  ['a jump', [at(1, 5), at(1, 90)], [at(1, 5), at(1, 90)]],
  ['the same again', [at(1, 5), at(1, 5)], [at(1, 5)]],
  ['an older version', [at(1, 5), at(1, 4), at(1, 6)], [at(1, 5), at(1, 6)]],
  ['a lower version of a later epoch', [at(1, 5), at(2, 3)], [at(1, 5), at(2, 3)]],
  ['a higher version of an earlier epoch', [at(2, 3), at(1, 99), at(2, 4)], [at(2, 3), at(2, 4)]],
])('%s', (_, came, shown) => {
  const feed = new Feed('avail', 'evt', (run) => run());
  const seen: Position[] = [];
  feed.join({ onValue: ({ epoch, version }) => seen.push({ epoch, version }), onState: undefined });
  for (const position of came) feed.take(counts(position));
  expect(seen).toEqual(shown);
});

test('what was confirmed as of a later position is not replaced by what came before it', () => {
  const feed = new Feed('avail', 'evt', (run) => run());
  const seen: number[] = [];
  feed.join({ onValue: ({ version }) => seen.push(version), onState: undefined });
  feed.take(counts(at(1, 5)));
  feed.confirm(at(1, 9));
  feed.confirm(at(1, 7));
  for (const version of [8, 9, 10]) feed.take(counts(at(1, version)));
  expect(seen).toEqual([5, 10]);
});

test('nothing comes after the end, and a listener that left in the middle of a value is not told', () => {
  const feed = new Feed('avail', 'evt', (run) => run());
  const seen: string[] = [];
  let leave = () => {};
  feed.join({
    onValue: ({ version }) => {
      seen.push(`first ${version}`);
      leave();
    },
    onState: (state) => seen.push(state),
  });
  leave = feed.join({ onValue: ({ version }) => seen.push(`second ${version}`), onState: undefined });
  feed.take(counts(at(1, 1)));
  feed.turn('ended', 'event_retired');
  feed.turn('live');
  feed.take(counts(at(1, 2)));
  expect(seen).toEqual(['first 1', 'ended']);
});

test.each([
  [0, 0.5, 250],
  [1, 0.5, 500],
  [5, 0.5, 8_000],
  [6, 0.5, 10_000],
  [10_000, 0.5, 10_000],
  [3, 0, 0],
])('after %i failures in a row, chance being %f, it waits %i ms', (failures, chance, ms) => {
  expect(backoffMs(failures, { baseMs: 500, maxMs: 20_000 }, () => chance)).toBe(ms);
});

test.each([
  [null, undefined],
  ['7', 7_000],
  ['0', 0],
  ['Thu, 01 Jan 1970 00:00:09 GMT', 4_000],
  ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['2030-01-01', undefined],
])('Retry-After %s is %s ms', (text, ms) => {
  expect(readRetryAfter(text, 5_000)).toBe(ms);
});
