/**
 * JSON as it is found in pages: in CDATA or an HTML comment, with raw line breaks in texts, a comma too many, a semicolon behind.
 * Strict JSON is tried first; what had to be mended is said. A key that stands twice in an object is no JSON to be read: which of
 * the two counts is not said.
 */
import { repeatedKey } from '../../platform/repeated-key.ts';

export type Loose =
  | { status: 'json'; value: unknown; mended: boolean }
  | { status: 'repeated'; pointer: string }
  | { status: 'broken'; reason: string };

export function parseLoose(text: string): Loose {
  const bare = unwrapped(text.replace(/^\uFEFF/, ''));
  try {
    return parsed(bare, false);
  } catch (error) {
    try {
      return parsed(mend(bare), true);
    } catch {
      return { status: 'broken', reason: whereOf(error, bare) };
    }
  }
}

/** Throws when the text is no strict JSON. */
function parsed(text: string, mended: boolean): Loose {
  const value: unknown = JSON.parse(text);
  const repeated = repeatedKey(text, value);
  return repeated ? { status: 'repeated', ...repeated } : { status: 'json', value, mended };
}

// What may stand around the JSON of a script, each from its beginning or to its end.
const openings = [/^\s*\/\/\s*<!\[CDATA\[/, /^\s*\/\*\s*<!\[CDATA\[\s*\*\//, /^\s*<!\[CDATA\[/, /^\s*<!--/];
const closings = [/\/\/\s*\]\]>\s*$/, /\/\*\s*\]\]>\s*\*\/\s*$/, /\]\]>\s*$/, /(\/\/)?\s*-->\s*$/, /;\s*$/];

function unwrapped(text: string): string {
  let bare = text.trim();
  for (let again = true; again; ) {
    const before = bare;
    for (const opening of openings) bare = bare.replace(opening, '');
    // Only a tail is looked at: a pattern that may begin anywhere would be tried at every place of a large document.
    const tailAt = Math.max(0, bare.length - 64);
    let tail = bare.slice(tailAt);
    for (const closing of closings) tail = tail.replace(closing, '');
    bare = (bare.slice(0, tailAt) + tail).trim();
    again = bare !== before;
  }
  return bare;
}

const escapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Escapes control characters within texts, and drops a comma before a closing bracket. */
function mend(text: string): string {
  const out: string[] = [];
  let inText = false;
  let keptTo = 0;
  let comma = -1;
  const keep = (to: number, instead = '') => {
    out.push(text.slice(keptTo, to), instead);
    keptTo = to + 1;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (inText) {
      if (char === '\\') at++;
      else if (char === '"') inText = false;
      else if (char < ' ') keep(at, escapes[char] ?? ' ');
      continue;
    }
    if (char === ',') comma = at;
    else if (char === ']' || char === '}') {
      if (comma >= keptTo) keep(comma);
      comma = -1;
    } else if (char.trim() !== '') comma = -1;
    if (char === '"') inText = true;
  }
  out.push(text.slice(keptTo));
  return out.join('');
}

/** `line 3, column 7: Unexpected token …`, where the engine tells the position. */
function whereOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const position = Number(/at position (\d+)/.exec(message)?.[1] ?? Number.NaN);
  const said = message.replace(/ in JSON at position.*$/s, '').slice(0, 100);
  if (Number.isNaN(position)) return said;
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${said}`;
}
