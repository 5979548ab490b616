/** The live protocol of the program itself, wired as it is served: settings, shutdown in the order people feel it. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../src/persistence/migrate.ts';
import { closeCodes } from '../../src/realtime/protocol.ts';
import { dataDir, eventually, type Holdfast, holdfast } from '../support/holdfast.ts';
import { openSocket } from '../support/live.ts';
import { startTestPostgres, startTestRedis, type TestPostgres, type TestRedis } from '../support/servers.ts';

let redis: TestRedis;
let postgres: TestPostgres;
let worker: Holdfast;
let server: Holdfast;
let url: string;
const key = 'k'.repeat(40);

beforeAll(async () => {
  redis = await startTestRedis({ appendonly: true });
  postgres = await startTestPostgres({ durable: true });
  const databaseUrl = await postgres.createDatabase('live');
  await migrate(databaseUrl, 'up');
  const env = {
    HOLDFAST_DATA_DIR: await dataDir(),
    REDIS_URL: redis.url,
    DATABASE_URL: databaseUrl,
    PORT: '0',
    SESSION_KEYS: key,
    ADMIN_KEY: key,
    PSEUDONYM_KEY: key,
    WS_PING_SECONDS: '7',
    CORS_ORIGINS: 'https://tickets.example',
  };
  worker = holdfast(['worker'], env);
  await worker.said(/"working"/);
  server = holdfast(['serve'], env);
  url = (await server.said(/"address":"(http[^"]+)"/))[1] as string;
});
afterAll(async () => {
  for (const program of [server, worker]) program?.kill('SIGTERM');
  await Promise.all([server?.ended, worker?.ended]);
  await redis?.stop();
  await postgres?.stop();
});

async function admin(path: string, body: object) {
  const answer = await fetch(`${url}/v1/admin${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
  return answer.json() as Promise<{ id: string }>;
}

/** What the system lets a program keep waiting. */
function waitingMax(): number {
  try {
    return Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
  } catch {
    return 128;
  }
}

test('a crowd that comes while the server is busy is kept waiting, not turned away', async () => {
  const { hostname, port } = new URL(url);
  const count = Math.min(1_500, waitingMax());
  const sockets: Socket[] = [];
  let connected = 0;
  // As busy as can be.
  server.kill('SIGSTOP');
  try {
    for (let number = 0; number < count; number++) {
      const socket = connect(Number(port), hostname, () => {
        connected += 1;
      });
      sockets.push(socket.on('error', () => undefined));
    }
    await eventually('all wait', () => connected === count).catch(() => undefined);
    expect(connected).toBe(count);
  } finally {
    server.kill('SIGCONT');
    for (const socket of sockets) socket.destroy();
  }
  expect((await fetch(`${url}/livez`)).status).toBe(200);
}, 60_000);

test('sockets are served by its settings; when it stops each is told to come back at a moment of its own', async () => {
  const { id } = await admin('/events', {
    name: 'Live',
    startsAt: '2031-01-01T20:00:00Z',
    currency: 'EUR',
    tiers: [{ name: 'Floor', price: 100, capacity: 5 }],
  });
  await admin(`/events/${id}/publish`, {});
  const fans = await Promise.all(
    Array.from({ length: 10 }, () => openSocket(url, { origin: 'https://tickets.example' })),
  );
  for (const fan of fans) {
    const { welcome } = await fan.ask({ hello: { client: 'test' } });
    expect(welcome).toMatchObject({ ping: 7, v: 'holdfast.v1.json' });
    expect(await fan.subscribe(`avail:${id}`)).toHaveProperty('sub.snapshot');
  }
  await expect(openSocket(url, { origin: 'https://evil.example' })).rejects.toThrow('403');
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('holdfast_ws_connections 10');
  expect(metrics).toContain('holdfast_ws_disconnects_total{code="3008"} 0');

  server.kill('SIGTERM');
  for (const fan of fans) {
    expect(await fan.closed()).toEqual({ code: closeCodes.shutdown, reason: 'shutdown' });
    expect(fan.messages.at(-1)?.disconnect).toEqual({
      code: closeCodes.shutdown,
      reason: 'shutdown',
      reconnect: { minMs: 0, maxMs: 30_000 },
    });
  }
  expect(await server.ended).toBe(0);
  expect(server.stderr()).not.toMatch(/"level":"?(error|50)/);
});
