/**
 * Requests that two readers could take for two different ones. Node keeps the first of two headers that may stand once, and a proxy
 * in front may have gone by the other; an encoding besides `chunked` would leave a body that nobody here decodes.
 */
import type { IncomingMessage } from 'node:http';

const once: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type']);

export function isAmbiguous({ rawHeaders, headers }: IncomingMessage): boolean {
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') return true;
  let seen: Set<string> | undefined;
  // Names and values by turns, as they came.
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (!once.has(name)) continue;
    seen ??= new Set();
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}
