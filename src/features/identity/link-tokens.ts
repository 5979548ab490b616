/**
 * The tokens of sign-in links: 32 bytes, HMAC-SHA256(session key, link id). So the mail that carries one can be written again
 * after a fault, with the same link, and yet the token stands in no table and no queue. Whoever has the key can make
 * sessions anyway; whoever has only the tables has digests.
 */
import { createHmac, hash } from 'node:crypto';

export type LinkTokens = {
  make(link: string): { token: string; sha256: string };
  /** The token with this digest, whichever of the keys made it; undefined when that key is gone. */
  again(link: string, sha256: string): string | undefined;
};

export const tokenShape = /^[A-Za-z0-9_-]{43}$/;

export function digestOf(token: string): string {
  return hash('sha256', token, 'hex');
}

/** `keys`: those of the sessions, in their order; the first one makes. */
export function createLinkTokens(keys: Buffer[]): LinkTokens {
  const [first] = keys;
  if (!first) throw new Error('a session key is needed');
  const tokenOf = (key: Buffer, link: string) =>
    createHmac('sha256', key).update(`holdfast sign-in ${link}`).digest('base64url');
  return {
    make(link) {
      const token = tokenOf(first, link);
      return { token, sha256: digestOf(token) };
    },
    again: (link, sha256) =>
      keys.map((key) => tokenOf(key, link)).find((token) => digestOf(token) === sha256),
  };
}
