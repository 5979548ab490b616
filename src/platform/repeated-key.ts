/**
 * Finds a key that stands twice in one object of a JSON text. JSON.parse keeps the last and says nothing, so two readers of the
 * same body could see two different orders.
 *
 * Almost every text has none, and that is cheap to see: as many members as the parsed value has keys.
 */
export type Repeated = { pointer: string };

/** `value` is what `text` parses to, `pointer` the JSON Pointer of the second of the two. */
export function repeatedKey(text: string, value: unknown): Repeated | undefined {
  const keys = keysOf(value);
  if (colonsIn(text) === keys || membersIn(text) === keys) return undefined;
  return findRepeated(text);
}

/** At least one for each member; more where strings have some too. */
function colonsIn(text: string): number {
  let colons = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) colons += 1;
  return colons;
}

/** Colons outside of strings: one per member. */
function membersIn(text: string): number {
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === colon) members += 1;
  }
  return members;
}

const quote = 0x22;
const colon = 0x3a;
const backslash = 0x5c;

/** Where the quote is that ends the string which begins at `at`. No pattern: one string may be as long as the whole text. */
function endOfString(text: string, at: number): number {
  let end = at + 1;
  for (let code = text.charCodeAt(end); code !== quote && end < text.length; code = text.charCodeAt(end)) {
    end += code === backslash ? 2 : 1;
  }
  return end;
}

/** Without recursion: a text may be nested as deep as it is long. */
function keysOf(value: unknown): number {
  let keys = 0;
  const waiting: unknown[] = typeof value === 'object' && value !== null ? [value] : [];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (Array.isArray(next)) {
      for (const child of next) if (typeof child === 'object' && child !== null) waiting.push(child);
      continue;
    }
    const members = next as Record<string, unknown>;
    for (const key in members) {
      keys += 1;
      const child = members[key];
      if (typeof child === 'object' && child !== null) waiting.push(child);
    }
  }
  return keys;
}

type Frame = { seen: Set<string> | undefined; at: string };

function findRepeated(text: string): Repeated | undefined {
  const frames: Frame[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    const top = frames.at(-1);
    if (char === '{' || char === '[') {
      isKey = char === '{';
      frames.push({ seen: isKey ? new Set() : undefined, at: '0' });
    } else if (char === '}' || char === ']') {
      frames.pop();
      isKey = false;
    } else if (char === ',' && top) {
      isKey = top.seen !== undefined;
      if (!top.seen) top.at = String(Number(top.at) + 1);
    } else if (char === '"') {
      const end = endOfString(text, at);
      if (isKey && top?.seen) {
        isKey = false;
        top.at = JSON.parse(text.slice(at, end + 1)) as string;
        if (top.seen.has(top.at)) return { pointer: frames.map((frame) => `/${escaped(frame.at)}`).join('') };
        top.seen.add(top.at);
      }
      at = end;
    }
  }
  return undefined;
}

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
