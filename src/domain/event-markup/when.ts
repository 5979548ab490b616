/** Dates and times of ISO 8601 as pages write them, and the instants they name. */
import { instantsOf, isZone, offsetText, type Wall, wallMs } from '../zone.ts';

export type When = {
  wall: Wall;
  /** No time of day is given. */
  dateOnly: boolean;
  /** Minutes ahead of UTC, when the text says so. */
  offset: number | undefined;
  /** The zone in brackets that RFC 9557 allows behind it. */
  zone: string | undefined;
};

// Extended and basic form; seconds, their fraction and the colon of the offset may be missing; blank for T.
const shape =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:(?:T|\s+)(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+\-−]\d{2}(?::?\d{2})?)?(?:\[!?([A-Za-z0-9_+\-/]+)\])?)?$/i;

/** Undefined for what is no date of the calendar. */
export function readWhen(text: string): When | undefined {
  const match = shape.exec(text.trim());
  if (!match) return undefined;
  const [, year, month, day, hour, minute = '0', second = '0', fraction = '', offset, zone] = match;
  const wall: Wall = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute),
    second: Number(second),
    ms: Number(fraction.padEnd(3, '0').slice(0, 3)),
  };
  if (!isOnCalendar(wall)) return undefined;
  const ahead = offset === undefined ? undefined : offsetMinutes(offset);
  if (ahead === 'none' || (zone !== undefined && !isZone(zone))) return undefined;
  return { wall, dateOnly: hour === undefined, offset: ahead, zone };
}

function isOnCalendar({ year, month, day, hour, minute, second, ms }: Wall): boolean {
  const daysInMonth = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth) return false;
  if (minute > 59 || second > 59) return false;
  // ISO 8601 may call midnight 24:00 of the day before.
  return hour < 24 || (hour === 24 && minute + second + ms === 0);
}

function offsetMinutes(text: string): number | 'none' {
  if (/^(z|utc)$/i.test(text)) return 0;
  const digits = text.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  if (minutes > 14 * 60 || Number(digits.slice(2) || 0) > 59) return 'none';
  return text.startsWith('+') ? minutes : -minutes;
}

export type Instant =
  | { status: 'instant'; at: number }
  | { status: 'no_zone' }
  | { status: 'skipped' }
  | { status: 'twice'; offsets: [string, string] };

/** `overlap`: which of the two is meant in the hour that comes twice. */
export function instantOf(
  when: When,
  zone: string | undefined,
  overlap: 'earlier' | 'later' | undefined,
): Instant {
  const local = wallMs(when.wall);
  if (when.offset !== undefined) return { status: 'instant', at: local - when.offset * 60_000 };
  const where = when.zone ?? zone;
  if (where === undefined) return { status: 'no_zone' };
  const [first, second] = instantsOf(when.wall, where);
  if (first === undefined) return { status: 'skipped' };
  if (second === undefined || overlap === 'earlier') return { status: 'instant', at: first };
  if (overlap === 'later') return { status: 'instant', at: second };
  return { status: 'twice', offsets: [offsetText(local - first), offsetText(local - second)] };
}
