/** Our own Redis and Postgres as parts that are kept up, always at the address their first start got. */
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { redisServer } from '../embedded/install-redis.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { type EmbeddedServer, startRedis } from '../embedded/redis.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { Log } from '../log.ts';
import { keepUp } from './part.ts';

type Stage = {
  config: Config;
  log: Log;
  lifecycle: Lifecycle;
  /** Told when the part cannot be kept up. */
  failed: (error: Error) => void;
  password: string;
};

/** Above the bounds the servers' own stop() has. */
const stopMs = 30_000;

export async function redisPart(
  stage: Stage & { interactive: boolean; say: (line: string) => void },
): Promise<{ url: string }> {
  const { config } = stage;
  const binary = await redisServer({
    path: config.path,
    wanted: config.redisServer,
    interactive: stage.interactive,
    isRoot: process.getuid?.() === 0,
    say: stage.say,
  });
  const dir = join(config.dataDir, 'redis');
  return keptUp('redis', stage, (port) => startRedis({ binary, dir, password: stage.password, port }));
}

export async function postgresPart(stage: Stage): Promise<{ url: string }> {
  const dir = join(stage.config.dataDir, 'postgres');
  const options = { dir, password: stage.password, database: 'holdfast' };
  return keptUp('postgres', stage, (port) => startPostgres({ ...options, port }));
}

async function keptUp(
  name: string,
  stage: Stage,
  start: (port: number | undefined) => Promise<EmbeddedServer>,
): Promise<{ url: string }> {
  let first: EmbeddedServer | undefined;
  const part = await keepUp(
    name,
    async () => {
      const server = await start(first?.port);
      first ??= server;
      return server;
    },
    stage.log,
  );
  stage.lifecycle.onStop(name, () => part.stop(), stopMs);
  void part.failed.then(stage.failed);
  if (!first) throw new Error(`${name} has no address`);
  return { url: (first as EmbeddedServer).url };
}
