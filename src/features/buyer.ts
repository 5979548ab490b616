/**
 * The pseudonym of a person in one event: HMAC-SHA256(key, event + user), shaped as a UUID. Redis and the ledger know a
 * person by this only; without the key nobody can tell which pseudonyms of two events belong together.
 */
import { createHmac } from 'node:crypto';
import type { BuyerId, EventId, UserId } from '../domain/ids.ts';
import { boundedCache } from '../platform/bounded-cache.ts';

export type Buyers = { of(event: EventId, user: UserId): BuyerId };

/** `key`: 32 secret bytes, the same on every server and for good: another key makes every buyer a new person. */
export function createBuyers(key: Buffer, entriesMax = 100_000): Buyers {
  const known = boundedCache<string, BuyerId>(entriesMax);
  return {
    of(event, user) {
      const person = event + user;
      const cached = known.get(person);
      if (cached !== undefined) return cached;
      const digest = createHmac('sha256', key).update(person).digest();
      // Version 8 (RFC 9562): a UUID whose bits have a meaning of our own.
      digest[6] = (digest[6]! & 0x0f) | 0x80;
      digest[8] = (digest[8]! & 0x3f) | 0x80;
      const hex = digest.toString('hex', 0, 16);
      const buyer =
        `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as BuyerId;
      known.set(person, buyer);
      return buyer;
    },
  };
}
