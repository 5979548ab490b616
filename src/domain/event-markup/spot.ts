/**
 * A spot is a value in a JSON-LD document together with where it stands. Properties are found under every spelling that means
 * schema.org (`name`, `schema:name`, `https://schema.org/name`), and lists under every way to write one.
 */
import { step } from './finding.ts';

export type Node = { [key: string]: unknown };
export type Spot = { value: unknown; script: number; pointer: string };
export type NodeSpot = Spot & { value: Node };

const prefixes = ['', 'schema:', 'https://schema.org/', 'http://schema.org/', 'sdo:', 's:'];

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isNodeSpot(spot: Spot | undefined): spot is NodeSpot {
  return spot !== undefined && isNode(spot.value);
}

export function inside(spot: Spot, key: string | number, value: unknown): Spot {
  return { value, script: spot.script, pointer: step(spot.pointer, key) };
}

/** The property, or undefined when it is absent, null, blank text or an empty list: all of them say nothing. */
export function prop(spot: Spot | undefined, name: string): Spot | undefined {
  if (!isNodeSpot(spot)) return undefined;
  for (const prefix of prefixes) {
    const key = prefix + name;
    if (!Object.hasOwn(spot.value, key)) continue;
    const value = spot.value[key];
    if (!isBlank(value)) return inside(spot, key, value);
  }
  return undefined;
}

/** The first of several names that says something. */
export function firstOf(spot: Spot | undefined, ...names: string[]): Spot | undefined {
  for (const name of names) {
    const found = prop(spot, name);
    if (found) return found;
  }
  return undefined;
}

function isBlank(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string') return value.trim() === '';
  return Array.isArray(value) && value.every(isBlank);
}

/** One value, a list, `@list` and `@set` are all lists; what is blank is left out. */
export function items(spot: Spot | undefined): Spot[] {
  if (spot === undefined || isBlank(spot.value)) return [];
  if (Array.isArray(spot.value)) {
    return spot.value.flatMap((value: unknown, index) => items(inside(spot, index, value)));
  }
  if (isNode(spot.value)) {
    for (const key of ['@list', '@set']) {
      if (Object.hasOwn(spot.value, key)) return items(inside(spot, key, spot.value[key]));
    }
  }
  return [spot];
}

/** The text, number or truth value that stands there, alone in a list or as `@value` too. */
export function scalar(spot: Spot | undefined): string | number | boolean | undefined {
  const list = items(spot);
  const one = list.length === 1 ? list[0] : undefined;
  if (one === undefined) return undefined;
  const value = isNode(one.value) && Object.hasOwn(one.value, '@value') ? one.value['@value'] : one.value;
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

/** `MusicEvent` of `MusicEvent`, `schema:MusicEvent`, `https://schema.org/MusicEvent` and `http://schema.org#MusicEvent`. */
export function term(text: string): string {
  return text.trim().replace(/^.*[/#:]/, '');
}

export function typesOf(node: Node): string[] {
  const stated = node['@type'] ?? node['type'];
  const list: unknown[] = Array.isArray(stated) ? stated : [stated];
  return list.filter((each): each is string => typeof each === 'string').map(term);
}

export function idOf(node: Node): string | undefined {
  const id = node['@id'] ?? node['id'];
  return typeof id === 'string' && id.trim() !== '' ? id.trim() : undefined;
}

/** A member of an enumeration (`https://schema.org/SoldOut`, `Sold out`, `soldout`), spelled as `soldout`. */
export function member(spot: Spot | undefined): string | undefined {
  const first = items(spot)[0];
  const value = isNode(first?.value) ? (idOf(first.value) ?? scalar(prop(first, 'name'))) : scalar(first);
  if (typeof value !== 'string') return undefined;
  return term(value)
    .toLowerCase()
    .replace(/[^a-z]/g, '');
}
