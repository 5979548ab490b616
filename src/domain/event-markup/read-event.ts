/** One event of a document, whole: what is to be made of it, or why nothing can be. */
import { localText } from '../zone.ts';
import { stockOf } from './capacity.ts';
import { type FoundEvent, unknownType } from './find-events.ts';
import { refOf } from './identity.ts';
import { offersOf, type Tier } from './offers.ts';
import { venueOf } from './place.ts';
import { type Reader, readText } from './reader.ts';
import { firstOf, isNodeSpot, items, member, prop, type Spot } from './spot.ts';
import { startOf, type Window } from './times.ts';

/** In the words of the organizer's side: times in RFC 3339, prices in minor units. */
export type Plan = {
  ref: string;
  name: string;
  venue: string;
  startsAt: string;
  timeZone: string;
  currency: string;
  sale: { opensAt?: string; closesAt?: string };
  pools: { ref: string; name: string; capacity: number }[];
  tiers: {
    name: string;
    description: string;
    price: number;
    capacity: number;
    buyerLimit: number;
    pool?: string;
  }[];
};

export type EventRead = {
  /** Undefined after an error, and for an event that does not take place. */
  plan: Plan | undefined;
  name: string;
  /** It has no date to be sold for: it stays a draft. */
  postponed: boolean;
};

export function readEvent(reader: Reader, found: FoundEvent): EventRead {
  const { report } = reader;
  const { event, offers: outside } = found;
  const type = unknownType(event);
  if (type !== undefined) report.warn(event, `"${type}" is no type of schema.org: it is read as an Event`);
  const name = nameOf(reader, event);
  const shown = name ?? '(no name)';
  const status = statusOf(reader, event);
  if (status === 'cancelled') return { plan: undefined, name: shown, postponed: false };
  const start = startOf(reader, event);
  const venue = venueOf(reader, event);
  // What is wrong with the offers is said even where the date is wrong too.
  const offers = offersOf(reader, event, outside, start?.zone ?? 'UTC');
  const stock = offers && stockOf(reader, event, offers.tiers);
  const window = offers && saleWindow(reader, offers.tiers);
  const failed = report.list.some(({ level }) => level === 'error');
  const postponed = status === 'postponed';
  if (failed || !name || !start || !offers || !stock || !window)
    return { plan: undefined, name: shown, postponed };
  if (stock.tiers.length === 0) {
    report.error(event, 'no tickets that could be sold are left');
    return { plan: undefined, name: shown, postponed };
  }
  const plan: Plan = {
    ref: refOf(event, { name, venue }),
    name,
    venue,
    startsAt: localText(start.startsAt, start.zone),
    timeZone: start.zone,
    currency: offers.currency,
    sale: {
      ...(window.opensAt > 0 ? { opensAt: localText(window.opensAt, start.zone) } : undefined),
      ...(window.closesAt > 0 ? { closesAt: localText(window.closesAt, start.zone) } : undefined),
    },
    pools: stock.pools,
    tiers: stock.tiers.map(({ name, description, price, capacity, buyerLimit, pool }) => ({
      name,
      description,
      price,
      capacity,
      buyerLimit,
      ...(pool === undefined ? undefined : { pool }),
    })),
  };
  return { plan, name, postponed };
}

function nameOf(reader: Reader, event: Spot): string | undefined {
  const name =
    readText(reader, prop(event, 'name') ?? prop(event, 'headline'), 200) ?? matchName(reader, event);
  if (name === undefined) reader.report.error(event, 'no name');
  return name;
}

/** A match is often named by its teams only. */
function matchName(reader: Reader, event: Spot): string | undefined {
  const teams = ['homeTeam', 'awayTeam'].map((side) => {
    const team = items(prop(event, side))[0];
    const spot = team && reader.index.deref(team);
    return readText(reader, isNodeSpot(spot) ? prop(spot, 'name') : spot, 90);
  });
  const [home, away] = teams;
  if (home === undefined || away === undefined) return undefined;
  reader.report.warn(event, `no name: it is called by its teams, "${home} vs ${away}"`);
  return `${home} vs ${away}`;
}

function statusOf(reader: Reader, event: Spot): 'cancelled' | 'postponed' | 'takes_place' {
  const statuses = items(prop(event, 'eventStatus'));
  for (const stated of statuses) {
    switch (member(stated)) {
      case 'eventcancelled':
      case 'eventcanceled':
      case 'cancelled':
      case 'canceled':
        reader.report.warn(stated, 'the event is cancelled: it is not imported');
        return 'cancelled';
      case 'eventpostponed':
      case 'postponed':
        reader.report.warn(stated, 'the event is postponed: it stays a draft');
        return 'postponed';
      case 'eventrescheduled':
      case 'eventscheduled':
      case 'eventmovedonline':
      case 'rescheduled':
      case 'scheduled':
      case 'confirmed':
        break;
      default:
        reader.report.warn(
          stated,
          `${JSON.stringify(stated.value)} is no status of schema.org, and not used`,
        );
    }
  }
  return 'takes_place';
}

/** An event has one sale window. Tiers with different ones can be sold from the first opening to the last closing, no closer. */
function saleWindow(reader: Reader, tiers: Tier[]): Window | undefined {
  // What is sold out has no window that could be wrong.
  const live = tiers.filter(({ capacity }) => capacity !== 0);
  const windows = (live.length > 0 ? live : tiers).map(({ window }) => window);
  const widest = {
    opensAt: windows.some(({ opensAt }) => opensAt === 0)
      ? 0
      : Math.min(...windows.map(({ opensAt }) => opensAt)),
    closesAt: windows.some(({ closesAt }) => closesAt === 0)
      ? 0
      : Math.max(...windows.map(({ closesAt }) => closesAt)),
  };
  if (windows.length === 0) return { opensAt: 0, closesAt: 0 };
  for (const { at, name, window } of live) {
    if (window.opensAt === widest.opensAt && window.closesAt === widest.closesAt) continue;
    const spot = firstOf(at, 'validFrom', 'availabilityStarts', 'validThrough', 'availabilityEnds') ?? at;
    const text = `"${name}" has a sale window of its own, and an event has one for all its tiers`;
    if (reader.options.publish && reader.options.window === undefined)
      reader.report.error(spot, text, 'window');
    else reader.report.warn(spot, `${text}: the widest is taken`);
  }
  return widest;
}
