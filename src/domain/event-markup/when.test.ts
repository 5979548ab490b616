import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantsOf, localText } from '../zone.ts';
import { instantOf, readWhen } from './when.ts';

function shown(text: string, zone: string | undefined, overlap?: 'earlier' | 'later'): string {
  const when = readWhen(text);
  if (!when) return 'no date';
  const found = instantOf(when, zone, overlap);
  if (found.status === 'twice') return `twice ${found.offsets.join(' ')}`;
  if (found.status !== 'instant') return found.status;
  return `${when.dateOnly ? 'day ' : ''}${new Date(found.at).toISOString()}`;
}

describe('a date of ISO 8601', () => {
  test.each<[text: string, zone: string | undefined, instant: string]>([
    ['2030-06-01T20:00:00-04:00', undefined, '2030-06-02T00:00:00.000Z'],
    ['2030-06-01T20:00:00Z', 'Asia/Tokyo', '2030-06-01T20:00:00.000Z'],
    ['2030-06-01T20:00:00.123456+0530', undefined, '2030-06-01T14:30:00.123Z'],
    ['2030-06-01T20:00-04', undefined, '2030-06-02T00:00:00.000Z'],
    ['2030-06-01 20:00', 'America/New_York', '2030-06-02T00:00:00.000Z'],
    ['2030-06-01T20', 'UTC', '2030-06-01T20:00:00.000Z'],
    ['20300601T200000Z', undefined, '2030-06-01T20:00:00.000Z'],
    ['2030-06-01T24:00', 'UTC', '2030-06-02T00:00:00.000Z'],
    ['2030-06-01T20:00:00-04:00[America/New_York]', undefined, '2030-06-02T00:00:00.000Z'],
    ['2030-06-01T20:00[Europe/Berlin]', 'Asia/Tokyo', '2030-06-01T18:00:00.000Z'],
    ['2030-06-01', 'Europe/Berlin', 'day 2030-05-31T22:00:00.000Z'],
    ['2030-06-01T20:00', undefined, 'no_zone'],
    ['2028-02-29', 'UTC', 'day 2028-02-29T00:00:00.000Z'],
    ['2030-02-29', 'UTC', 'no date'],
    ['2100-02-29', 'UTC', 'no date'],
    ['2030-13-01', 'UTC', 'no date'],
    ['2030-06-01T25:00', 'UTC', 'no date'],
    ['2030-06-01T20:60', 'UTC', 'no date'],
    ['2030-06-01T20:00:00+15:00', 'UTC', 'no date'],
    ['2030-06', 'UTC', 'no date'],
    ['June 1, 2030', 'UTC', 'no date'],
    ['06/01/2030', 'UTC', 'no date'],
    ['1906545600', 'UTC', 'no date'],
    ['2030-06-01T20:00[Mars/Olympus]', 'UTC', 'no date'],
    // The clocks of New York go forward at 2:00 on March 10, and back at 2:00 on November 3.
    ['2030-03-10T01:59', 'America/New_York', '2030-03-10T06:59:00.000Z'],
    ['2030-03-10T02:30', 'America/New_York', 'skipped'],
    ['2030-03-10T03:00', 'America/New_York', '2030-03-10T07:00:00.000Z'],
    ['2030-11-03T01:30', 'America/New_York', 'twice -04:00 -05:00'],
    ['2030-11-03T01:30-05:00', 'America/New_York', '2030-11-03T06:30:00.000Z'],
    ['2030-11-03T02:00', 'America/New_York', '2030-11-03T07:00:00.000Z'],
    // Lord Howe Island moves its clocks by half an hour.
    ['2030-10-06T02:15', 'Australia/Lord_Howe', 'skipped'],
    ['2030-04-07T01:45', 'Australia/Lord_Howe', 'twice +11:00 +10:30'],
  ])('%s in %s is %s', (text, zone, instant) => {
    expect(shown(text, zone)).toBe(instant);
  });

  test('in the hour that comes twice, the earlier or the later one can be asked for', () => {
    expect(shown('2030-11-03T01:30', 'America/New_York', 'earlier')).toBe('2030-11-03T05:30:00.000Z');
    expect(shown('2030-11-03T01:30', 'America/New_York', 'later')).toBe('2030-11-03T06:30:00.000Z');
  });

  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const instants = fc.integer({ min: Date.UTC(1850, 0, 1), max: Date.UTC(2200, 0, 1) });

  test('an instant that is written in a zone is read as the same, in every zone', () => {
    fc.assert(
      fc.property(instants, zones, (instant, zone) => {
        const when = readWhen(localText(instant, zone));
        expect(when && instantOf(when, zone, undefined)).toEqual({ status: 'instant', at: instant });
      }),
    );
  });

  test('a time on the wall names the instants at which the wall shows it, and no others', () => {
    fc.assert(
      fc.property(instants, zones, (at, zone) => {
        const instant = Math.floor(at / 60_000) * 60_000;
        const wall = readWhen(localText(instant, zone).slice(0, 19))?.wall;
        // Before there were zones, offsets had seconds, and the text is in UTC.
        if (!wall || localText(instant, zone).endsWith('Z')) return;
        expect(instantsOf(wall, zone)).toContain(instant);
      }),
    );
  });
});
