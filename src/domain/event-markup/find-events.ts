/**
 * Where the events are in a document: at the top, in lists, in `@graph`, in an ItemList, on the page of a band or a place, as
 * `subEvent` of another event, or as what an offer is for.
 */
import { depthMax, type Index } from './document.ts';
import type { Findings } from './finding.ts';
import { idOf, inside, isNodeSpot, items, type NodeSpot, prop, type Spot, typesOf } from './spot.ts';

const eventTypes = new Set(
  (
    'Event BusinessEvent ChildrensEvent ComedyEvent ConferenceEvent CourseInstance DanceEvent DeliveryEvent EducationEvent ' +
    'EventSeries ExhibitionEvent Festival FoodEvent Hackathon LiteraryEvent MusicEvent PerformingArtsEvent PublicationEvent ' +
    'BroadcastEvent OnDemandEvent SaleEvent ScreeningEvent SocialEvent SportsEvent TheaterEvent VisualArtsEvent'
  ).split(' '),
);

/** What a node may say about events that are not on sale here: the whole it belongs to, a film that was aired. */
const notOffered = new Set([
  'superEvent',
  'publication',
  'releasedEvent',
  'recordedIn',
  'subjectOf',
  'about',
  'mentions',
]);
/** Of an event only these lead to further events. */
const parts = ['subEvent', 'subEvents', 'hasPart'];

/** An event, and the offers that stand outside of it (an Offer whose `itemOffered` it is). */
export type FoundEvent = { event: NodeSpot; offers: Spot[] };

export const eventsMax = 10_000;

export function isEvent(spot: Spot | undefined): spot is NodeSpot {
  // Whatever else ends in Event is a kind that somebody made up, or that is younger than this list.
  return (
    isNodeSpot(spot) && typesOf(spot.value).some((type) => eventTypes.has(type) || /[a-z]Event$/.test(type))
  );
}

/** The type of an event that schema.org does not know; undefined when it knows one of them. */
export function unknownType({ value }: NodeSpot): string | undefined {
  const types = typesOf(value);
  return types.some((type) => eventTypes.has(type)) ? undefined : types.find((type) => /Event$/.test(type));
}

export function findEvents(roots: Spot[], index: Index, report: Findings): FoundEvent[] {
  const found: FoundEvent[] = [];
  const seen = new Set<unknown>();
  const add = (each: Spot, offers: Spot[], depth: number) => {
    const event = index.deref(each);
    if (!isEvent(event) || seen.has(event.value)) return;
    seen.add(event.value);
    const inner = parts.flatMap((name) => items(prop(event, name)).map((part) => index.deref(part)));
    const sub = inner.filter(isEvent);
    if (hasOffers(event, offers) || sub.length === 0) {
      found.push({ event, offers });
      for (const part of sub) {
        if (hasOffers(part, [])) add(part, [], depth + 1);
        else {
          seen.add(part.value);
          report.warn(
            part,
            'a part of an event with offers, and without any of its own: it is not imported by itself',
          );
        }
      }
      return;
    }
    report.warn(event, `stands for the ${sub.length} events in it, which are imported instead`);
    for (const part of sub) if (depth < depthMax) add(part, [], depth + 1);
  };
  const walk = (spot: Spot, depth: number) => {
    const { value } = spot;
    if (Array.isArray(value)) {
      for (const [at, each] of value.entries()) walk(inside(spot, at, each), depth + 1);
      return;
    }
    if (isEvent(spot)) return add(spot, [], depth);
    if (!isNodeSpot(spot)) return;
    const offered = items(prop(spot, 'itemOffered')).filter((each) => isEvent(index.deref(each)));
    for (const each of offered) add(each, [spot], depth);
    if (offered.length > 0) return;
    for (const [key, each] of Object.entries(spot.value)) {
      if (key === '@context' || notOffered.has(key.replace(/^.*[/:]/, ''))) continue;
      walk(inside(spot, key, each), depth + 1);
    }
  };
  for (const root of roots) walk(root, 0);
  if (found.length > eventsMax) {
    report.error({ script: 0, pointer: '' }, `${found.length} events; one document may have ${eventsMax}`);
    return [];
  }
  return found.filter(({ event }) => !isMentionOnly(event, found));
}

function hasOffers(event: Spot, offers: Spot[]): boolean {
  return offers.length > 0 || prop(event, 'offers') !== undefined;
}

/** An event that is named by id only, beside the node that says everything, is the same one. */
function isMentionOnly(event: NodeSpot, all: FoundEvent[]): boolean {
  const id = idOf(event.value);
  if (id === undefined || prop(event, 'startDate')) return false;
  return all.some((other) => other.event !== event && idOf(other.event.value) === id);
}
