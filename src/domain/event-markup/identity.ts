/**
 * What makes an event of a document the same one when the document is read again: its `@id`; else its address and the time it was
 * first announced for, because the dates of a series share an address; else its name, venue and that time. The time is the one on
 * the wall: another `--zone` does not make another event. It is an IRI, so that it can stand as `@id` in what is exported.
 */
import { createHash } from 'node:crypto';
import { wallMs } from '../zone.ts';
import { idOf, items, type NodeSpot, prop, type Spot, scalar } from './spot.ts';
import { readWhen } from './when.ts';

export const refMax = 400;

const absolute = /^(https?:\/\/[^\s/]+(\/\S*)?|urn:\S+|tag:\S+)$/i;

export function refOf(event: NodeSpot, about: { name: string; venue: string }): string {
  const id = idOf(event.value);
  if (id !== undefined && absolute.test(id)) return fitted(id);
  const walls = [...items(prop(event, 'previousStartDate')), ...items(prop(event, 'startDate'))]
    .map(wallText)
    .filter((text) => text !== undefined)
    .sort();
  const first = walls[0] ?? '';
  const address = scalar(items(prop(event, 'url'))[0]);
  if (typeof address === 'string' && absolute.test(address)) {
    return fitted(`${address}${address.includes('#') ? '&' : '#'}start=${first}`);
  }
  return digest(`${about.name}\n${about.venue}\n${first}`);
}

/** `2030-06-01T20:00:00`, whatever the offset. */
function wallText(spot: Spot): string | undefined {
  const text = scalar(spot);
  const when = typeof text === 'string' ? readWhen(text) : undefined;
  return when && new Date(wallMs(when.wall)).toISOString().slice(0, 19);
}

/** An index has no room for an address of any length. */
function fitted(ref: string): string {
  return ref.length <= refMax ? ref : digest(ref);
}

function digest(text: string): string {
  return `urn:holdfast:sha256:${createHash('sha256').update(text).digest('hex')}`;
}
