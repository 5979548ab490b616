/** What reading one event needs at hand. */
import type { Index } from './document.ts';
import type { Findings } from './finding.ts';
import { prop, type Spot } from './spot.ts';
import { type Tools, textOf } from './text.ts';

export type ReadOptions = {
  /** IANA zone of events that do not say theirs. */
  zone?: string | undefined;
  /** ISO 4217, of prices that do not say theirs. */
  currency?: string | undefined;
  /** Tickets of an event that does not say how many it has. */
  capacity?: number | undefined;
  /** Of tickets without one, as text in major units: `45.00`. */
  price?: string | undefined;
  /** Which of two prices an event has that says only from where to where they go. */
  range?: 'low' | 'high' | undefined;
  /** Which one of a time on the wall that comes twice. */
  overlap?: 'earlier' | 'later' | undefined;
  /** `widest`: tiers with sale windows of their own may all be sold from the first opening to the last closing. */
  window?: 'widest' | undefined;
  language?: string | undefined;
  /** Events are opened as soon as they are made: then some warnings become errors. */
  publish?: boolean | undefined;
};

export type Reader = {
  options: ReadOptions;
  tools: Tools;
  index: Index;
  report: Findings;
  /** Wanted languages, the first one first. */
  languages: string[];
  /** Unix ms. */
  now: number;
};

export function readText(reader: Reader, spot: Spot | undefined, lengthMax: number, lines = false) {
  const { tools, report, languages } = reader;
  return textOf(spot, { tools, report, languages, lengthMax, lines });
}

/** The language asked for, then the event's own. */
export function languagesOf(options: ReadOptions, event: Spot): string[] {
  const stated = prop(event, 'inLanguage')?.value;
  const own = typeof stated === 'string' ? [stated] : [];
  return [...(options.language === undefined ? [] : [options.language]), ...own];
}
