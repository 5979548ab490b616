/**
 * The same count for all servers together, in Redis, for requests that can afford a round trip. While Redis does not answer each
 * server counts for itself: a limit is no reason to turn people away.
 */
import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { createWindow, type Taken } from './window.ts';

export type SharedWindow = { take(key: string): Promise<Taken> };

/** `name` keeps the keys of one policy apart from another's. */
export function createSharedWindow(options: {
  name: string;
  redis: Redis;
  quota: number;
  windowMs: number;
  entriesMax: number;
  now: () => number;
}): SharedWindow {
  const { quota, windowMs } = options;
  const alone = createWindow(options);
  const limiter = new RateLimiterRedis({
    storeClient: options.redis,
    keyPrefix: `limit:${options.name}`,
    points: quota,
    duration: windowMs / 1_000,
  });
  const taken = (allowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): Taken => ({
    allowed,
    remaining: Math.max(0, remainingPoints),
    resetMs: Math.max(0, msBeforeNext),
  });
  return {
    async take(key) {
      try {
        return taken(true, await limiter.consume(key));
      } catch (outcome) {
        return outcome instanceof RateLimiterRes ? taken(false, outcome) : alone.take(key);
      }
    },
  };
}
