/** Where an event is: the name of the venue, and the zone its clocks are in. */
import { instantsOf, isZone, localText, offsetMs, type Wall } from '../zone.ts';
import type { Reader } from './reader.ts';
import { readText } from './reader.ts';
import { firstOf, isNodeSpot, items, member, prop, type Spot, scalar, typesOf } from './spot.ts';

const venueMax = 200;

/** Several places are named one after the other. '' and a warning when there is none. */
export function venueOf(reader: Reader, event: Spot): string {
  const places = locations(reader, event);
  const names = places.map((place) => placeName(reader, place)).filter((name) => name !== '');
  if (names.length === 0 && member(prop(event, 'eventAttendanceMode')) === 'onlineeventattendancemode') {
    return 'Online';
  }
  if (names.length === 0) reader.report.warn(event, 'no location: the venue stays empty');
  return [...new Set(names)].join('; ').slice(0, venueMax).trim();
}

function locations(reader: Reader, event: Spot): Spot[] {
  return items(prop(event, 'location')).map((place) => reader.index.deref(place));
}

function placeName(reader: Reader, place: Spot): string {
  if (!isNodeSpot(place)) return readText(reader, place, venueMax) ?? '';
  const name = readText(reader, prop(place, 'name'), venueMax);
  if (name !== undefined) return name;
  if (typesOf(place.value).includes('VirtualLocation')) return 'Online';
  if (place.value['@value'] !== undefined) return readText(reader, place, venueMax) ?? '';
  return addressText(reader, prop(place, 'address') ?? place);
}

function addressText(reader: Reader, given: Spot): string {
  const address = items(given)[0];
  if (address === undefined) return '';
  const spot = reader.index.deref(address);
  if (!isNodeSpot(spot)) return readText(reader, spot, venueMax) ?? '';
  const parts = ['streetAddress', 'addressLocality', 'addressRegion', 'addressCountry'];
  return parts
    .map((part) => readText(reader, prop(spot, part), venueMax))
    .filter((text) => text !== undefined)
    .join(', ');
}

/** The zone of an event's clocks, and how it is known. */
export type ZoneFound = { zone: string; from: 'document' | 'option' | 'coordinates' | 'country' };

/** `wall`: when the event is; a country with several zones will do when they all agree on that time. */
export function zoneOf(reader: Reader, event: Spot, wall: Wall): ZoneFound | undefined {
  const stated = statedZone(reader, event);
  if (stated !== undefined) return { zone: stated, from: 'document' };
  if (reader.options.zone !== undefined) return { zone: reader.options.zone, from: 'option' };
  for (const place of locations(reader, event)) {
    const zone = zoneOfPoint(reader, place);
    if (zone !== undefined) return { zone, from: 'coordinates' };
  }
  for (const place of locations(reader, event)) {
    const zone = zoneOfCountry(reader, place, wall);
    if (zone !== undefined) return { zone, from: 'country' };
  }
  return undefined;
}

/** A Schedule is schema.org's own place for it; the other names are seen on pages. */
function statedZone(reader: Reader, event: Spot): string | undefined {
  const schedules = items(prop(event, 'eventSchedule')).map((each) => reader.index.deref(each));
  const spots = [
    ...schedules.map((each) => prop(each, 'scheduleTimezone')),
    ...[event, ...locations(reader, event)].map((each) =>
      firstOf(each, 'timeZone', 'timezone', 'time_zone', 'eventTimezone'),
    ),
  ];
  for (const spot of spots) {
    const text = scalar(spot);
    if (typeof text !== 'string' || spot === undefined) continue;
    if (isZone(text)) return text;
    reader.report.warn(spot, `"${text}" is not an IANA time zone, and not used`);
  }
  return undefined;
}

function zoneOfPoint(reader: Reader, place: Spot): string | undefined {
  const geo = items(prop(place, 'geo'))[0];
  const spot = geo && reader.index.deref(geo);
  const [latitude, longitude] = ['latitude', 'longitude'].map((name) => {
    const value = scalar(prop(spot, name) ?? prop(place, name));
    return value === undefined || value === true || value === false ? Number.NaN : Number(value);
  });
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return undefined;
  // 0, 0 is where a form without coordinates is.
  if (latitude === 0 && longitude === 0) return undefined;
  const zone = reader.tools.zoneAt(latitude ?? 0, longitude ?? 0);
  return zone !== undefined && isZone(zone) ? zone : undefined;
}

function zoneOfCountry(reader: Reader, place: Spot, wall: Wall): string | undefined {
  const address = items(prop(place, 'address'))[0];
  const country = address && prop(reader.index.deref(address), 'addressCountry');
  // Not through readText: which of several languages is taken makes no difference, and is no news.
  const one = items(country)[0];
  const name = isNodeSpot(one) ? scalar(firstOf(one, '@value', 'name', 'identifier')) : scalar(one);
  const region = typeof name === 'string' ? regionOf(name) : undefined;
  if (region === undefined) return undefined;
  const locale = new Intl.Locale('und', { region }) as Intl.Locale & { timeZones?: string[] };
  const zones = (locale.timeZones ?? []).filter(isZone);
  const instants = zones.map((zone) => instantsOf(wall, zone).join());
  return new Set(instants).size === 1 ? zones[0] : undefined;
}

let regions: Map<string, string> | undefined;

/** `DE` of `DE`, `de` and `Germany`. */
function regionOf(name: string): string | undefined {
  if (/^[A-Za-z]{2}$/.test(name)) return name.toUpperCase() === 'UK' ? 'GB' : name.toUpperCase();
  if (!regions) {
    regions = new Map();
    const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
    for (let first = 65; first <= 90; first++) {
      for (let second = 65; second <= 90; second++) {
        const code = String.fromCharCode(first, second);
        const english = names.of(code);
        if (english !== undefined) regions.set(english.toLowerCase(), code);
      }
    }
  }
  return regions.get(name.toLowerCase());
}

/** For an instant whose zone nobody knows: the zone that always has this offset, or UTC where none has. */
export function fixedZone(offsetMinutes: number): string {
  const hours = offsetMinutes / 60;
  // Etc/GMT counts westward: Etc/GMT+4 is four hours behind.
  if (!Number.isInteger(hours) || hours === 0) return 'UTC';
  const zone = `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
  return isZone(zone) ? zone : 'UTC';
}

/** Whether a stated offset is not the one that the zone has then. */
export function disagrees(zone: string, instant: number, offsetMinutes: number): string | undefined {
  return offsetMs(zone, instant) === offsetMinutes * 60_000 ? undefined : localText(instant, zone);
}
