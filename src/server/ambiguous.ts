/**
 * Requests that two readers could take for two different ones. Node keeps the first of two headers that may stand once, and a proxy
 * in front may have gone by the other; an encoding besides `chunked` would leave a body that nobody here decodes.
 */
import type { IncomingMessage } from 'node:http';

/** Headers that may stand once, a bit each. */
const once: ReadonlyMap<string, number> = new Map([
  ['host', 1],
  ['authorization', 2],
  ['content-type', 4],
]);
/** Of every request: most names are told apart by their length alone, and nothing is made. */
const lengths: ReadonlySet<number> = new Set([...once.keys()].map((name) => name.length));

export function isAmbiguous({ rawHeaders, headers }: IncomingMessage): boolean {
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') return true;
  let seen = 0;
  // Names and values by turns, as they came.
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (!lengths.has(name.length)) continue;
    const bit = once.get(name.toLowerCase()) ?? 0;
    if ((seen & bit) !== 0) return true;
    seen |= bit;
  }
  return false;
}
