/** A limit that all servers share, on a real Redis, and without one. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startTestRedis } from '../../../test/support/servers.ts';
import { connectRedis } from '../../inventory/connection.ts';
import { createSharedWindow } from './shared-window.ts';

test('two servers count together; without Redis each counts for itself, and nobody is turned away for that', async () => {
  const server = await startTestRedis();
  const connections = [connectRedis(server.url, () => {}), connectRedis(server.url, () => {})];
  try {
    await Promise.all(connections.map((redis) => once(redis, 'ready')));
    const options = { name: 'test', quota: 3, windowMs: 60_000, entriesMax: 100, now: Date.now };
    const windows = connections.map((redis) => createSharedWindow({ ...options, redis }));
    const [one, two] = [windows[0]!, windows[1]!];
    const seen = [await one.take('a'), await two.take('a'), await one.take('a'), await two.take('a')];
    expect(seen.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
    ]);
    expect(seen[3]?.resetMs).toBeGreaterThan(0);
    expect((await two.take('b')).allowed).toBe(true);
    await server.kill();
    const alone = [await one.take('a'), await one.take('a'), await one.take('a'), await one.take('a')];
    expect(alone.map(({ allowed }) => allowed)).toEqual([true, true, true, false]);
    expect((await two.take('a')).allowed).toBe(true);
  } finally {
    for (const redis of connections) redis.disconnect();
    await server.stop();
  }
});
