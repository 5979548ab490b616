/** What a Redis server has used of its processor so far, by its own getrusage: microseconds, user and system. */
import type { Redis } from 'ioredis';

export type RedisUse = { cpuUs: number; scriptUs: number; scriptCalls: number };

/**
 * `cpuUs` is of the main thread: parsing, the script, the reply and the event loop. `scriptUs` is the part inside EVALSHA.
 */
export async function redisUse(redis: Redis): Promise<RedisUse> {
  const cpu = await redis.info('cpu');
  const seconds = (name: string) =>
    Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(cpu)?.[1] ?? Number.NaN);
  const stats = await redis.info('commandstats');
  const [, calls = '0', usec = '0'] = /^cmdstat_evalsha:calls=(\d+),usec=(\d+)/m.exec(stats) ?? [];
  return {
    cpuUs: (seconds('used_cpu_user_main_thread') + seconds('used_cpu_sys_main_thread')) * 1e6,
    scriptUs: Number(usec),
    scriptCalls: Number(calls),
  };
}
