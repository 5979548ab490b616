/**
 * Finds a key that stands twice in one object of a JSON text. JSON.parse keeps the last and says nothing, so two readers of the
 * same body could see two different orders.
 *
 * Almost every body has none, and that is cheap to see: as many members as the parsed value has keys.
 */
export type Repeated = { pointer: string };

/** `value` is what `text` parses to. */
export function repeatedKey(text: string, value: unknown): Repeated | undefined {
  return membersIn(text) === keysOf(value) ? undefined : findRepeated(text);
}

/** Colons outside of strings: one per member. */
function membersIn(text: string): number {
  let members = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x3a) members += 1;
  }
  return members;
}

/** Without recursion: a body may be nested as deep as it is long. */
function keysOf(value: unknown): number {
  let keys = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const children = Array.isArray(next) ? next : Object.values(next);
    if (!Array.isArray(next)) keys += children.length;
    for (const child of children) if (typeof child === 'object' && child !== null) waiting.push(child);
  }
  return keys;
}

type Frame = { seen: Set<string> | undefined; at: string };

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function findRepeated(text: string): Repeated | undefined {
  const frames: Frame[] = [];
  let isKey = false;
  for (const [part] of text.matchAll(token)) {
    const top = frames.at(-1);
    if (part === '{' || part === '[') {
      frames.push({ seen: part === '{' ? new Set() : undefined, at: '0' });
      isKey = part === '{';
    } else if (part === '}' || part === ']') {
      frames.pop();
      isKey = false;
    } else if (part === ',' && top) {
      isKey = top.seen !== undefined;
      if (!top.seen) top.at = String(Number(top.at) + 1);
    } else if (isKey && top?.seen) {
      isKey = false;
      top.at = JSON.parse(part) as string;
      if (top.seen.has(top.at)) return { pointer: frames.map(({ at }) => `/${escaped(at)}`).join('') };
      top.seen.add(top.at);
    }
  }
  return undefined;
}

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
