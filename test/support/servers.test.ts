import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, test } from 'vitest';
import { freshDatabase } from './database.ts';
import { startTestPostgres, startTestRedis } from './servers.ts';

test('a redis that was killed starts again on its data', async () => {
  const first = await startTestRedis({ appendonly: true });
  const client = new Redis(first.url);
  client.on('error', () => {});
  await client.set('answer', '42');
  await first.kill();
  client.disconnect();
  const second = await startTestRedis({ appendonly: true, dir: first.dir });
  const again = new Redis(second.url);
  expect(await again.get('answer')).toBe('42');
  expect(second.port).toBe(first.port);
  again.disconnect();
  await second.stop();
  await first.stop();
});

test('a postgres that was killed starts again on its data', async () => {
  const first = await startTestPostgres();
  const url = await first.createDatabase('kept');
  await first.kill();
  const second = await startTestPostgres({ dir: first.dir });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  expect((await client.query('select current_database() as name')).rows).toEqual([{ name: 'kept' }]);
  await client.end();
  await second.stop();
  await first.stop();
});

test('each test has a database of its own', async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
  expect(one).not.toBe(other);
  const client = new pg.Client({ connectionString: one });
  await client.connect();
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await client.end();
});
