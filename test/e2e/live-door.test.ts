/** The door of the live protocol: which handshakes become sockets, and what the others are told. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusals } from '../../src/domain/refusals.ts';
import { subprotocol } from '../../src/realtime/protocol.ts';
import { onSale, type Show } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { type Live, openSocket, startLive, watch } from '../support/live.ts';
import { type Site, startSite } from '../support/site.ts';

let site: Site;
let live: Live;
let show: Show;
const friendly = 'https://friends.example';

beforeAll(async () => {
  site = await startSite(await freshDatabase());
  live = await startLive(site, {}, [friendly]);
  show = await onSale(site, [10]);
});
afterAll(async () => {
  await live?.stop();
  await site?.stop();
  expect(live.errors).toEqual([]);
});

type Knock = { what: string; headers?: Record<string, string>; path?: string; code: keyof typeof refusals };
const handshake = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol': subprotocol,
};

function knock(path: string, headers: Record<string, string>, url = live.url) {
  return new Promise<{ status: number; type: string; body: ReturnType<typeof JSON.parse> }>(
    (resolve, reject) => {
      const asked = request(`${url}${path}`, { headers });
      asked.on('upgrade', (_, socket) => {
        socket.destroy();
        resolve({ status: 101, type: '', body: {} });
      });
      asked.on('response', (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: String(response.headers['content-type']),
            body: JSON.parse(text),
          }),
        );
      });
      asked.on('error', reject);
      asked.end();
    },
  );
}

test.each<Knock>([
  { what: 'a page of another site', headers: { origin: 'https://evil.example' }, code: 'origin_not_allowed' },
  { what: 'a page without an origin of its own', headers: { origin: 'null' }, code: 'origin_not_allowed' },
  {
    what: 'a site whose name begins like ours',
    headers: { origin: `${friendly}.evil.example` },
    code: 'origin_not_allowed',
  },
  { what: 'a friend over http', headers: { origin: 'http://friends.example' }, code: 'origin_not_allowed' },
  { what: 'an origin that is no address', headers: { origin: 'friends' }, code: 'origin_not_allowed' },
  { what: 'no subprotocol', headers: { 'sec-websocket-protocol': '' }, code: 'websocket_required' },
  {
    what: 'a subprotocol of tomorrow',
    headers: { 'sec-websocket-protocol': 'holdfast.v2.json' },
    code: 'websocket_required',
  },
  { what: 'a key that is none', headers: { 'sec-websocket-key': 'x' }, code: 'request_malformed' },
  { what: 'a version nobody speaks', headers: { 'sec-websocket-version': '7' }, code: 'request_malformed' },
  { what: 'another address', path: '/v1/events', code: 'route_unknown' },
])('the door is closed to $what', async ({ headers = {}, path = '/v1/realtime', code }) => {
  const given = Object.entries({ ...handshake, ...headers }).filter(([, value]) => value !== '');
  const reply = await knock(path, Object.fromEntries(given));
  expect([reply.status, reply.type, reply.body.code]).toEqual([
    refusals[code].status,
    'application/problem+json',
    code,
  ]);
  expect(reply.body).toMatchObject({ instance: path, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
  if (code === 'websocket_required') expect(reply.body.supported).toEqual([subprotocol]);
});

test('the door is open to this host, to friends, and to who has no origin', async () => {
  for (const origin of [live.url, friendly, undefined]) {
    const reply = await knock('/v1/realtime', { ...handshake, ...(origin ? { origin } : {}) });
    expect(reply.status).toBe(101);
  }
});

test('a plain GET, and an upgrade nobody here knows, are answered as HTTP', async () => {
  const plain = await fetch(`${live.url}/v1/realtime`);
  expect([plain.status, plain.headers.get('connection')]).toEqual([426, 'close, upgrade']);
  expect(await plain.json()).toMatchObject({ code: 'websocket_required', supported: [subprotocol] });
  const h2c = await knock(`/v1/events/${show.id}`, {
    connection: 'Upgrade, HTTP2-Settings',
    upgrade: 'h2c',
    'http2-settings': 'AAMAAABk',
  });
  expect([h2c.status, h2c.body.id]).toEqual([200, show.id]);
});

test('more sockets than the server takes are refused at the door', async () => {
  const small = await startLive(site, { connectionsMax: 3 });
  const fans = await Promise.all(Array.from({ length: 3 }, () => openSocket(small.url)));
  const reply = await knock('/v1/realtime', handshake, small.url);
  expect([reply.status, reply.body.code]).toEqual([503, 'realtime_full']);
  await fans[0]?.close();
  const next = await watch(small.url);
  await Promise.all([...fans.slice(1), next].map((fan) => fan.close()));
  await small.stop();
});

test('bytes that are no frames end the socket', async () => {
  const port = Number(new URL(live.url).port);
  const head = Object.entries(handshake).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(port, '127.0.0.1', () =>
    socket.write(`GET /v1/realtime HTTP/1.1\r\nhost: x\r\n${head.join('')}\r\n\xff\xff\xff\xff`, 'latin1'),
  );
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('end', () => socket.end());
  await once(socket, 'close');
  const said = Buffer.concat(chunks);
  expect(said.toString('latin1')).toContain('101 Switching Protocols');
  // A close frame with the code 1002.
  expect(said.includes(Buffer.from([0x88, 0x02, 0x03, 0xea]))).toBe(true);
  const next = await watch(live.url);
  await next.close();
});
