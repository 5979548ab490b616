/**
 * When a day's nightly work is due: at the first minute of each day, by the clocks of one place, at which the hour is reached.
 * Not "at 02:00": there are nights without a 02:00, and nights with two.
 */

/** The minute in UTC, as crontabs know it: it does not know the year. */
export type UtcMinute = { min: number; hour: number; date: number; month: number };

const minuteMs = 60_000;
const quarterMs = 900_000;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  clocks.set(zone, clock);
  return clock;
}

function read(at: number, zone: string): { day: string; hour: number } {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return {
    day: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
    hour: Number(parts.get('hour')),
  };
}

/** `at`: Unix ms, a whole minute. */
export function isNightly(at: number, hour: number, zone: string): boolean {
  // Every zone is whole quarters of an hour away from UTC, so the other minutes need no clock.
  if (at % quarterMs !== 0) return false;
  const now = read(at, zone);
  const before = read(at - minuteMs, zone);
  return now.hour >= hour && (before.day !== now.day || before.hour < hour);
}

/** The moment of such a minute, in the year that puts it nearest to `now` (Unix ms). */
export function momentOf({ month, date, hour, min }: UtcMinute, now: number): number {
  const year = new Date(now).getUTCFullYear();
  const candidates = [year - 1, year, year + 1].map((each) => Date.UTC(each, month - 1, date, hour, min));
  return candidates.reduce((best, each) => (Math.abs(each - now) < Math.abs(best - now) ? each : best));
}

/** The first day of a month, by the clocks of one place. */
export function isFirstOfMonth(at: number, zone: string): boolean {
  return read(at, zone).day.endsWith('-01');
}
