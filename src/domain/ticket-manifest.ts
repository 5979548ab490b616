/**
 * What a scanner needs to judge codes without a network: which handles are the tickets of an event, of which generation, and
 * which of them open no door. A page is a text signed with the ticket key; a scanner that pins the public key checks it itself.
 */
import { hash, sign } from 'node:crypto';
import type { EventId, TicketId } from './ids.ts';
import { showId } from './ids.ts';
import { isValid, type TicketStatus } from './ticket.ts';
import { handleOf, type TicketKeys } from './ticket-code.ts';

/** What stands before the text where it is signed: a signature of one thing never passes for that of another. */
export const manifestContext = 'holdfast manifest\n';

export type ManifestTicket = { ticket: TicketId; status: TicketStatus; generation: number };

export type ManifestPage = {
  event: EventId;
  /** Grows with every change: pages of one manifest have the same. */
  version: number;
  /** Unix ms. */
  at: number;
  rotates: boolean;
  /** What the pages before this one ended with; empty for the first. */
  after: string;
  /** What the next page begins after; empty when this is the last. */
  next: string;
  tickets: ManifestTicket[];
};

/** v: may come in, u: was used, r: revoked (void, suspended, being refunded). */
const lettersOf = (status: TicketStatus) => (isValid(status) ? 'v' : status === 'redeemed' ? 'u' : 'r');

/** 128 bits of the SHA-256 of the handle: whoever has the manifest cannot make a code's bytes out of it. */
function digestOf(handle: Buffer): string {
  return hash('sha256', handle, 'buffer').subarray(0, 16).toString('base64url');
}

/** The page as text, and its signature (Ed25519, base64url) under the first key. */
export function signedManifest(
  keys: TicketKeys,
  page: ManifestPage,
): { manifest: string; kid: string; signature: string } {
  const [key] = keys;
  const manifest = JSON.stringify({
    format: 1,
    event: showId('event', page.event),
    version: page.version,
    at: new Date(page.at).toISOString(),
    rotates: page.rotates,
    keys: keys.map(({ kid, raw }) => ({ kid, publicKey: raw.toString('base64url') })),
    after: page.after,
    next: page.next,
    // Of each ticket the digests under every key, in the order of `keys`: codes of a key that was replaced are still about.
    tickets: page.tickets.map(({ ticket, status, generation }) => [
      keys.map((one) => digestOf(handleOf(one, ticket))),
      generation,
      lettersOf(status),
    ]),
  });
  const signature = sign(null, Buffer.from(manifestContext + manifest), key.secret);
  return { manifest, kid: key.kid, signature: signature.toString('base64url') };
}
