/** The cache of tickets for a command on the records, which goes through without Redis too. */
import { once } from 'node:events';
import { Fault } from '../domain/faults.ts';
import { connectRedis } from '../inventory/connection.ts';
import { createTicketCache, type TicketCache } from '../inventory/ticket-cache.ts';

/** As long as a server waits for its first connection. */
const readyMs = 5_000;

type Forgetting = Pick<TicketCache, 'forget'>;

/** `url`: of Redis, where this deployment says it. A cache that cannot be reached answers with faults. */
export async function withTicketCache<Result>(
  url: string | undefined,
  work: (cache: Forgetting) => Promise<Result>,
): Promise<Result> {
  if (url === undefined) return work(unreachable);
  const redis = connectRedis(url, () => undefined);
  try {
    await once(redis, 'ready', { signal: AbortSignal.timeout(readyMs) }).catch(() => undefined);
    return await work(createTicketCache(redis));
  } finally {
    redis.disconnect();
  }
}

const unreachable: Forgetting = {
  forget: () => Promise.reject(new Fault('inventory_unavailable', 'REDIS_URL is not set')),
};
