/** Export: events as our own JSON, or as schema.org markup. What is exported, imported and exported again is the same bytes. */
import { type Written, writeEvent } from '../../domain/event-markup/write.ts';
import type { EventId } from '../../domain/ids.ts';
import { localText } from '../../domain/zone.ts';
import type { Database } from '../../persistence/database.ts';
import { eventIds } from '../../persistence/queries/event-imports.ts';
import { type EventRecord, eventById } from '../../persistence/queries/events.ts';
import { refOfId } from './import.ts';
import { format, version } from './own-format.ts';
import { tools } from './plain-text.ts';

export const formats = ['holdfast', 'schema.org'] as const;
export type Format = (typeof formats)[number];

const pageEvents = 500;

/** All events, or those asked for; `missing` are ids that are no events. By their time, then by their ref. */
export async function collect(
  db: Database,
  wanted: EventId[],
): Promise<{ events: EventRecord[]; missing: EventId[] }> {
  const ids = wanted.length > 0 ? [...new Set(wanted)] : await allIds(db);
  const events: EventRecord[] = [];
  const missing: EventId[] = [];
  for (const id of ids) {
    const event = await eventById(db, id);
    if (event) events.push(event);
    else missing.push(id);
  }
  const order = (event: EventRecord) => event.externalRef ?? refOfId(event.event);
  events.sort((a, b) => a.startsAt - b.startsAt || (order(a) < order(b) ? -1 : 1));
  return { events, missing };
}

async function allIds(db: Database): Promise<EventId[]> {
  const ids: EventId[] = [];
  for (;;) {
    const page = await eventIds(db, { after: ids.at(-1), limit: pageEvents });
    ids.push(...page);
    if (page.length < pageEvents) return ids;
  }
}

/** Ends with a line break. */
export function exportText(events: EventRecord[], as: Format): string {
  const document =
    as === 'holdfast'
      ? { format, version, events: events.map(ownOf) }
      : {
          '@context': 'https://schema.org',
          '@graph': events.map((event) => writeEvent(writtenOf(event), tools)),
        };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function partsOf(event: EventRecord) {
  const pools = event.lines.filter(({ kind }) => kind === 'pool');
  // Their ids are ours; a place in the list is what names them in a document.
  const refs = new Map(pools.map(({ line }, index) => [line, `pool-${index + 1}`]));
  return {
    pools: pools.map(({ line, name, capacity }) => ({ ref: refs.get(line) ?? '', name, capacity })),
    tiers: event.lines
      .filter(({ kind }) => kind === 'tier')
      .map(({ name, description, price, capacity, buyerLimit, pool }) => ({
        name,
        description,
        price,
        capacity,
        buyerLimit,
        ...(pool === null ? undefined : { pool: refs.get(pool) ?? '' }),
      })),
  };
}

function ownOf(event: EventRecord) {
  const { name, venue, timeZone, currency, sale } = event;
  const { state: _, opensAt, closesAt, ...rules } = sale;
  return {
    ref: event.externalRef ?? refOfId(event.event),
    name,
    venue,
    startsAt: localText(event.startsAt, timeZone),
    timeZone,
    currency,
    sale: {
      ...(opensAt > 0 ? { opensAt: localText(opensAt, timeZone) } : undefined),
      ...(closesAt > 0 ? { closesAt: localText(closesAt, timeZone) } : undefined),
      ...rules,
    },
    ...partsOf(event),
  };
}

/** For the markup of a page too. */
export function writtenOf(event: EventRecord): Written {
  const { name, venue, startsAt, timeZone, currency, sale } = event;
  const { opensAt, closesAt } = sale;
  const ref = event.externalRef ?? refOfId(event.event);
  return { ref, name, venue, startsAt, timeZone, currency, opensAt, closesAt, ...partsOf(event) };
}
