import { expect, test } from 'vitest';
import { isFirstOfMonth, isNightly, momentOf } from './nightly.ts';

/** The minutes of a UTC day and the one after it at which the nightly work of a zone is due. */
function dueOn(day: string, hour: number, zone: string): string[] {
  const begin = Date.parse(`${day}T00:00:00Z`);
  return Array.from({ length: 24 * 60 }, (_, minute) => begin + minute * 60_000)
    .filter((at) => isNightly(at, hour, zone))
    .map((at) => new Date(at).toISOString().slice(11, 16));
}

test.each([
  ['an ordinary night', '2026-06-10', 2, 'UTC', ['02:00']],
  ['a zone ahead', '2026-06-10', 2, 'Europe/Berlin', ['00:00']],
  ['a zone of three quarters', '2026-06-10', 2, 'Asia/Kathmandu', ['20:15']],
  ['midnight', '2026-06-10', 0, 'America/New_York', ['04:00']],
  // 02:00 does not exist: the clocks go from 01:59 to 03:00, and the night has its run at that moment.
  ['a night without the hour', '2026-03-29', 2, 'Europe/Berlin', ['01:00']],
  // 02:00 comes twice, and the night has one run.
  ['a night with the hour twice', '2026-10-25', 2, 'Europe/Berlin', ['00:00']],
  ['a night with the hour twice, in New York', '2026-11-01', 1, 'America/New_York', ['05:00']],
])('once a day: %s', (_, day, hour, zone, expected) => {
  expect(dueOn(day, hour, zone)).toEqual(expected);
});

test('a minute without a year is the nearest one', () => {
  const newYear = Date.parse('2027-01-01T00:05:00Z');
  const of = (month: number, date: number, now: number) =>
    new Date(momentOf({ month, date, hour: 23, min: 30 }, now)).toISOString();
  expect(of(12, 31, newYear)).toBe('2026-12-31T23:30:00.000Z');
  expect(of(1, 1, Date.parse('2026-12-31T23:59:00Z'))).toBe('2027-01-01T23:30:00.000Z');
});

test('the first of a month is one by the clocks of the place', () => {
  const at = Date.parse('2026-05-31T23:00:00Z');
  expect([isFirstOfMonth(at, 'UTC'), isFirstOfMonth(at, 'Europe/Berlin')]).toEqual([false, true]);
});
