/**
 * Tickets as they were last read from Postgres, kept for a few minutes so that people can show theirs while Postgres is away.
 * What is in here is a hint and may be old: whoever uses it asks `Inventory.voided` first, and the door never looks here.
 */
import type { Redis } from 'ioredis';
import type { TicketId } from '../domain/ids.ts';
import { redisFault } from './connection.ts';
import { ticketCacheKey } from './keys.ts';

export type TicketCache = {
  /** Undefined when it is not kept. */
  get(ticket: TicketId): Promise<string | undefined>;
  put(tickets: { ticket: TicketId; text: string }[]): Promise<void>;
  forget(tickets: TicketId[]): Promise<void>;
};

export const ticketKeptMs = 5 * 60_000;

/** Every method throws a fault when Redis cannot be reached. */
export function createTicketCache(redis: Redis): TicketCache {
  const faulting = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await work();
    } catch (error) {
      throw redisFault(error);
    }
  };
  return {
    get: (ticket) => faulting(async () => (await redis.get(ticketCacheKey(ticket))) ?? undefined),
    put: (tickets) =>
      faulting(async () => {
        const pipeline = redis.pipeline();
        for (const { ticket, text } of tickets)
          pipeline.set(ticketCacheKey(ticket), text, 'PX', ticketKeptMs);
        for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
      }),
    forget: (tickets) =>
      faulting(async () => {
        if (tickets.length > 0) await redis.del(...tickets.map(ticketCacheKey));
      }),
  };
}
