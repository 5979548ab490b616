/** When an event begins, and from when until when it is sold. */
import { localText } from '../zone.ts';
import { disagrees, fixedZone, zoneOf } from './place.ts';
import type { Reader } from './reader.ts';
import { firstOf, items, prop, type Spot, scalar } from './spot.ts';
import { instantOf, readWhen, type When } from './when.ts';

export type Start = { startsAt: number; zone: string };

/** Undefined after an error. */
export function startOf(reader: Reader, event: Spot): Start | undefined {
  const { report } = reader;
  const spot = prop(event, 'startDate');
  if (!spot) {
    report.error(event, 'no startDate');
    return undefined;
  }
  const when = whenAt(reader, spot);
  if (!when) return undefined;
  const found = zoneOf(reader, event, when.wall);
  const zone = when.zone ?? found?.zone ?? (when.offset === undefined ? undefined : fixedZone(when.offset));
  if (zone === undefined) {
    report.error(spot, `"${scalar(spot)}" has no offset, and nothing says in which time zone it is`, 'zone');
    return undefined;
  }
  if (when.zone === undefined && found === undefined) {
    report.warn(spot, `the time zone is not known: times are shown in ${zone} (--zone gives it)`);
  } else if (found?.from === 'coordinates' || found?.from === 'country') {
    report.warn(spot, `the time zone ${zone} is taken from the ${found.from} of the place`);
  }
  const startsAt = resolve(reader, spot, when, zone);
  if (startsAt === undefined) return undefined;
  if (when.dateOnly) report.warn(spot, `no time of day: ${localText(startsAt, zone)} is taken`);
  if (when.offset !== undefined && found !== undefined && when.offset !== 0) {
    const there = disagrees(zone, startsAt, when.offset);
    if (there !== undefined)
      report.warn(spot, `"${scalar(spot)}" is ${there} in ${zone}: the offset is believed`);
  }
  if (startsAt < reader.now) report.warn(spot, 'lies in the past');
  if (firstOf(items(prop(event, 'eventSchedule'))[0], 'repeatFrequency', 'repeatCount')) {
    report.warn(event, 'repeats by its schedule: only its startDate is imported');
  }
  return { startsAt, zone };
}

function whenAt(reader: Reader, spot: Spot): When | undefined {
  const text = scalar(spot);
  const when = typeof text === 'string' ? readWhen(text) : undefined;
  if (!when)
    reader.report.error(
      spot,
      `${JSON.stringify(text ?? null)} is no date of ISO 8601 (2030-06-01T20:00:00-04:00)`,
    );
  return when;
}

function resolve(reader: Reader, spot: Spot, when: When, zone: string): number | undefined {
  const found = instantOf(when, zone, reader.options.overlap);
  switch (found.status) {
    case 'instant':
      return found.at;
    case 'no_zone':
      return undefined;
    case 'skipped': {
      // A day may begin at 1:00 where the clocks change at midnight.
      const later = { ...when, wall: { ...when.wall, hour: 1 } };
      const first = when.dateOnly ? instantOf(later, zone, 'earlier') : found;
      if (first.status === 'instant') return first.at;
      reader.report.error(spot, `"${scalar(spot)}" does not exist in ${zone}: the clocks go forward over it`);
      return undefined;
    }
    case 'twice': {
      const [first, second] = found.offsets;
      const text = `"${scalar(spot)}" comes twice in ${zone}, at ${first} and at ${second}`;
      reader.report.error(spot, text, 'overlap');
      return undefined;
    }
  }
}

/** Unix ms; 0 is no bound. */
export type Window = { opensAt: number; closesAt: number };

/** The sale window of one offer; undefined after an error. A date alone counts from its first moment, or through its last. */
export function windowOf(reader: Reader, offer: Spot, zone: string): Window | undefined {
  const from = firstOf(offer, 'validFrom', 'availabilityStarts');
  const through = firstOf(offer, 'validThrough', 'availabilityEnds');
  const opensAt = from ? boundAt(reader, from, zone, false) : 0;
  const closesAt = through ? boundAt(reader, through, zone, true) : 0;
  if (opensAt === undefined || closesAt === undefined) return undefined;
  if (through && opensAt > 0 && closesAt > 0 && closesAt <= opensAt) {
    reader.report.error(through, `"${scalar(through)}" is not after the beginning of the sale`);
    return undefined;
  }
  return { opensAt, closesAt };
}

function boundAt(reader: Reader, spot: Spot, zone: string, through: boolean): number | undefined {
  const when = whenAt(reader, spot);
  if (!when) return undefined;
  if (!when.dateOnly || !through) return resolve(reader, spot, when, zone);
  return resolve(reader, spot, { ...when, wall: { ...when.wall, day: when.wall.day + 1 } }, zone);
}
