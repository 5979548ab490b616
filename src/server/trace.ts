/**
 * The trace id of a request: the caller's, from a valid W3C `traceparent`, else one of our own: 8 random bytes per process
 * and a counter, unique without asking for randomness on every request.
 */
import { randomBytes } from 'node:crypto';

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;
const nothing = '0'.repeat(32);
const processPart = randomBytes(8).toString('hex');
let served = 0;

export function traceIdOf(header: string | string[] | undefined): string {
  if (typeof header === 'string') {
    const given = traceparent.exec(header)?.[1];
    if (given !== undefined && given !== nothing) return given;
  }
  served += 1;
  return processPart + served.toString(16).padStart(16, '0');
}
