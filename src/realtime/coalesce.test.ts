/** Which snapshots become messages, and who is told that what it has is right. */
import { expect, test } from 'vitest';
import { type ChannelState, coalesce, isAfter, type Position, recovers } from './coalesce.ts';

const at = (text: string): Position => {
  const [epoch, offset] = text.split('-').map(Number) as [number, number];
  return { epoch, offset };
};
const show = (state: ChannelState | undefined) =>
  state &&
  `${state.changed.epoch}-${state.changed.offset} ${state.body}, seen ${state.seen.epoch}-${state.seen.offset}`;

/** Snapshots as `position body`, and the state after them. */
test.each([
  { snapshots: ['1-5 a'], state: '1-5 a, seen 1-5' },
  { snapshots: ['1-5 a', '1-6 b'], state: '1-6 b, seen 1-6' },
  { snapshots: ['1-5 a', '1-9 b'], state: '1-9 b, seen 1-9' },
  { snapshots: ['1-5 a', '1-6 a'], state: '1-5 a, seen 1-6' },
  { snapshots: ['1-5 a', '1-6 a', '1-7 b'], state: '1-7 b, seen 1-7' },
  { snapshots: ['1-5 a', '1-6 b', '1-7 a'], state: '1-7 a, seen 1-7' },
  { snapshots: ['1-5 a', '1-5 b'], state: '1-5 a, seen 1-5' },
  { snapshots: ['1-5 a', '1-4 b'], state: '1-5 a, seen 1-5' },
  { snapshots: ['1-5 a', '2-3 a'], state: '2-3 a, seen 2-3' },
  { snapshots: ['1-5 a', '2-3 b'], state: '2-3 b, seen 2-3' },
  { snapshots: ['2-3 a', '1-5 b'], state: '2-3 a, seen 2-3' },
])('$snapshots is $state', ({ snapshots, state }) => {
  let found: ChannelState | undefined;
  for (const snapshot of snapshots) {
    const [position, body] = snapshot.split(' ') as [string, string];
    found = coalesce(found, at(position), body, 0);
  }
  expect(show(found)).toBe(state);
});

/** The values last changed at 2-5, and are known to be right up to 2-8. */
test.each([
  ['2-4', false],
  ['2-5', true],
  ['2-6', true],
  ['2-8', true],
  ['2-9', false],
  ['1-6', false],
  ['3-5', false],
])('who has %s has the right values: %s', (since, right) => {
  expect(recovers({ body: '', ts: 0, changed: at('2-5'), seen: at('2-8') }, at(since))).toBe(right);
});

test.each([
  ['1-2', '1-1', true],
  ['1-1', '1-1', false],
  ['1-1', '1-2', false],
  ['2-0', '1-9', true],
  ['1-9', '2-0', false],
])('%s is after %s: %s', (one, other, after) => {
  expect(isAfter(at(one), at(other))).toBe(after);
});
