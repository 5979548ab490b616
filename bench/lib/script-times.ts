/** How long scripts keep Redis, by its own timing of every EVALSHA since it was told to begin. Preemption counts too. */
import type { Redis } from 'ioredis';

export type ScriptTimes = { p50Ms: number; p99Ms: number; p999Ms: number };

export async function beginScriptTimes(redis: Redis): Promise<void> {
  await redis.config('RESETSTAT');
}

export async function scriptTimes(redis: Redis): Promise<ScriptTimes> {
  const stats = await redis.info('latencystats');
  const line = /^latency_percentiles_usec_evalsha:(.*)$/m.exec(stats)?.[1] ?? '';
  const of = (percent: string) =>
    Number(new RegExp(`p${percent}=([\\d.]+)`).exec(line)?.[1] ?? Number.NaN) / 1000;
  return { p50Ms: of('50'), p99Ms: of('99'), p999Ms: of('99\\.9') };
}
