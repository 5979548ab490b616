/**
 * Whether a handshake may come from where it says it comes from. Browsers let any page open a socket to anywhere and send
 * this server's cookies with it; the Origin header, which a page cannot forge, is what tells them apart.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** `allowed`: origins such as `https://tickets.example`; `*` allows all. */
export function originAllowed(headers: IncomingHttpHeaders, allowed: ReadonlySet<string>): boolean {
  const { origin, host } = headers;
  // No browser: it could say whatever it wants.
  if (origin === undefined) return true;
  if (allowed.has('*') || allowed.has(origin.toLowerCase())) return true;
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  return /^https?:$/.test(from.protocol) && from.host !== '' && from.host === host?.toLowerCase();
}
