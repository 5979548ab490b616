/** Wall clocks: what time it is in an IANA zone at an instant, and which instants a time on the wall may name. */

export type Wall = {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
};

const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws RangeError for what is no zone. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    era: 'short',
  });
  // Zones are a few hundred names; text from outside that is no zone never gets here.
  formats.set(zone, made);
  return made;
}

export function isZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The wall as if it stood in UTC, Unix ms. */
export function wallMs(wall: Wall): number {
  const at = new Date(0);
  at.setUTCFullYear(wall.year, wall.month - 1, wall.day);
  at.setUTCHours(wall.hour, wall.minute, wall.second, wall.ms);
  return at.getTime();
}

/** How far the zone is ahead of UTC at an instant, ms. */
export function offsetMs(zone: string, instant: number): number {
  const second = Math.floor(instant / 1_000) * 1_000;
  const parts: Record<string, number> = {};
  let ad = true;
  for (const { type, value } of formatOf(zone).formatToParts(second)) {
    if (type === 'era') ad = value.startsWith('A');
    else if (type !== 'literal') parts[type] = Number(value);
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  const wall = { year: ad ? year : 1 - year, month, day, hour, minute, second: parts['second'] ?? 0, ms: 0 };
  return wallMs(wall) - second;
}

/** None in the hour that a change of clocks leaves out, two in the hour that comes twice (the earlier one first), else one. */
export function instantsOf(wall: Wall, zone: string): number[] {
  const guess = wallMs(wall);
  const dayMs = 86_400_000;
  const offsets = new Set([guess - dayMs, guess, guess + dayMs].map((near) => offsetMs(zone, near)));
  return [...offsets]
    .map((offset) => guess - offset)
    .filter((instant) => offsetMs(zone, instant) === guess - instant)
    .sort((a, b) => a - b);
}

const two = (value: number) => String(value).padStart(2, '0');

export function offsetText(ms: number): string {
  const minutes = Math.abs(ms) / 60_000;
  return `${ms < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/**
 * RFC 3339 as the wall in the zone shows it: `2030-06-01T20:00:00-04:00`. In UTC where an offset has no whole minutes (local mean
 * time) or the year on the wall has not four digits.
 */
export function localText(instant: number, zone: string): string {
  const offset = offsetMs(zone, instant);
  const local = new Date(instant + offset).toISOString();
  const fits = offset % 60_000 === 0 && /^\d/.test(local);
  const text = (fits ? local : new Date(instant).toISOString()).replace(/(\.000)?Z$/, '');
  return `${text}${fits && offset !== 0 ? offsetText(offset) : 'Z'}`;
}
