/**
 * When a day's nightly work is due: at the first minute of each day, by the clocks of one place, at which the hour is reached.
 * Not "at 02:00": there are nights without a 02:00, and nights with two.
 */

/** The minute in UTC, as crontabs know it: it does not know the year. */
export type UtcMinute = { min: number; hour: number; date: number; month: number };

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** `at`: Unix ms. */
export function isNightly(at: number, hour: number, zone: string): boolean {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  const read = (ms: number) => {
    const parts = new Map(clock.formatToParts(ms).map(({ type, value }) => [type, value]));
    const day = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
    return { day, reached: Number(parts.get('hour')) >= hour };
  };
  const now = read(at);
  const before = read(at - minuteMs);
  return now.reached && (before.day !== now.day || !before.reached);
}

/** The moment of such a minute, in the year that puts it nearest to `now` (Unix ms). */
export function momentOf({ month, date, hour, min }: UtcMinute, now: number): number {
  const year = new Date(now).getUTCFullYear();
  const candidates = [year - 1, year, year + 1].map((each) => Date.UTC(each, month - 1, date, hour, min));
  return candidates.reduce((best, each) => (Math.abs(each - now) < Math.abs(best - now) ? each : best));
}

/** The first day of a month, by the clocks of one place. */
export function isFirstOfMonth(at: number, zone: string): boolean {
  const month = new Intl.DateTimeFormat('en', { timeZone: zone, month: 'numeric' });
  return month.format(at) !== month.format(at - dayMs);
}
