/** Texts for people: in one language of several, without markup and entities, in the length there is room for. */
import type { Findings } from './finding.ts';
import { inside, isNode, items, prop, type Spot } from './spot.ts';

/** What this folder must be handed, because it takes a library. */
export type Tools = {
  /** The text of a piece of HTML: entities decoded, then tags gone. Text without either comes back as it is. */
  plainText(html: string): string;
  /** The IANA zone of a point, in degrees; undefined at sea or out of range. */
  zoneAt(latitude: number, longitude: number): string | undefined;
};

type Candidate = { language: string | undefined; text: string; at: Spot; verbatim?: boolean };

/** A value of this type is text and no HTML, whatever it looks like. */
export const plainType = 'http://www.w3.org/2001/XMLSchema#string';

const languageKey = /^(@none|[a-z]{2,3}(-[A-Za-z0-9]{1,8})*)$/;

function candidates(spot: Spot | undefined): Candidate[] {
  return items(spot).flatMap((each): Candidate[] => {
    const { value } = each;
    if (typeof value === 'string') return [{ language: undefined, text: value, at: each }];
    if (typeof value === 'number') return [{ language: undefined, text: String(value), at: each }];
    if (!isNode(value)) return [];
    if (typeof value['@value'] === 'string') {
      const language = value['@language'];
      return [
        {
          language: typeof language === 'string' ? language : undefined,
          text: value['@value'],
          at: each,
          verbatim: value['@type'] === plainType,
        },
      ];
    }
    const entries = Object.entries(value);
    if (entries.every(([key]) => languageKey.test(key))) {
      return entries.flatMap(([key, inner]) =>
        candidates(inside(each, key, inner)).map((found) => ({
          ...found,
          language: key === '@none' ? undefined : key,
        })),
      );
    }
    return candidates(prop(each, 'name'));
  });
}

/**
 * The text in the language asked for (`de` is met by `de-AT`), else in none, else the first; with a warning where there was a
 * choice that nobody had made.
 */
export function textOf(
  spot: Spot | undefined,
  options: { tools: Tools; report: Findings; languages: string[]; lengthMax: number; lines?: boolean },
): string | undefined {
  const { tools, report, languages, lengthMax } = options;
  const all = candidates(spot)
    .map((each) => {
      const text = each.verbatim ? each.text : tools.plainText(each.text);
      return { ...each, text: clean(text, options.lines ?? false) };
    })
    .filter(({ text }) => text !== '');
  const matching = languages.flatMap((wanted) =>
    all.filter(
      ({ language }) => language?.split('-')[0]?.toLowerCase() === wanted.split('-')[0]?.toLowerCase(),
    ),
  );
  const chosen = matching[0] ?? all.find(({ language }) => language === undefined) ?? all[0];
  if (!chosen || spot === undefined) return undefined;
  if (matching.length === 0 && new Set(all.map(({ text }) => text)).size > 1) {
    report.warn(spot, `several texts, of which "${short(chosen.text)}" is taken (--language chooses)`);
  }
  if (chosen.text.length <= lengthMax) return chosen.text;
  report.warn(chosen.at, `longer than ${lengthMax} characters, and cut`);
  // Half a character at the cut is none.
  return clean(chosen.text.slice(0, lengthMax).replace(/[\uD800-\uDBFF]$/, ''), options.lines ?? false);
}

/** One line, unless lines are kept; no NUL and no halves of characters, which Postgres has no place for. */
function clean(text: string, lines: boolean): string {
  const whole = text.replace(/\p{Cs}/gu, '\uFFFD');
  return (lines ? whole.replaceAll('\0', '') : whole.replace(/\s*\p{Cc}[\s\p{Cc}]*/gu, ' ')).trim();
}

export function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
