/**
 * Bad input, a row each: the request, the documented answer, and nothing changed. "Nothing" is the audit of every event in
 * play, before and after: counters, versions, live holds.
 */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusals } from '../../src/domain/refusals.ts';
import { createKeyFinder } from '../../src/features/keys/find.ts';
import { bodyRows } from '../support/bad-input/body-rows.ts';
import { buyerRows } from '../support/bad-input/buyer-rows.ts';
import { editRows } from '../support/bad-input/edit-rows.ts';
import { organizerRows } from '../support/bad-input/organizer-rows.ts';
import { reserving, unused } from '../support/bad-input/row.ts';
import { makeWorld, type World } from '../support/bad-input/world.ts';
import { audited, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { type Site, startSite } from '../support/site.ts';

let site: Site;
let world: World;

beforeAll(async () => {
  site = await startSite(await freshDatabase(), {}, ({ db, now }) => ({
    findKey: createKeyFinder(db, now),
    corsOrigins: new Set(['https://tickets.example']),
  }));
  world = await makeWorld(site);
});

afterAll(async () => {
  await site.stop();
  expect(site.errors).toEqual([]);
});

async function state(): Promise<string> {
  const shows = [world.show, world.other, world.future, world.paused, world.ended];
  const audits = await Promise.all(shows.map((show) => audited(site, show)));
  return JSON.stringify(audits);
}

test.each([...buyerRows, ...bodyRows, ...organizerRows, ...editRows])(
  '$request is answered $code',
  async ({ code, path = reserving, send: build }) => {
    const before = await state();
    const reply = await send(site, path(world), build(world));
    expect([reply.status, reply.body?.code]).toEqual([refusals[code].status, code]);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
    expect(reply.body).toMatchObject({
      type: `/problems#${code}`,
      title: refusals[code].title,
      status: refusals[code].status,
      instance: expect.stringMatching(/^\//),
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(await state()).toBe(before);
  },
);

test("another buyer's hold and no hold at all are told in the same words", async () => {
  const strip = ({ instance, traceId, ...rest }: Record<string, unknown>) => rest;
  const headers = world.stranger.headers;
  const [theirs, nobodys] = await Promise.all(
    [world.held, `hold_${unused}`].map((id) => send(site, `/v1/holds/${id}`, { headers })),
  );
  expect(theirs?.status).toBe(404);
  expect(strip(theirs?.body)).toEqual(strip(nobodys?.body));
});

/** Bytes that no HTTP client would send. */
function rawly(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(site.url).port), '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let text = '';
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer; so far: ${text}`)));
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

test.each([
  ['NUL in the address', 'GET /v1/events/\0 HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
  ['NUL in a header', 'GET /v1/events HTTP/1.1\r\nHost: x\r\nCookie: a\0b\r\n\r\n', '400'],
  [
    'two lengths',
    'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    '400',
  ],
  [
    'a length and chunks',
    'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    '400',
  ],
  ['two hosts', 'GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', '400'],
  [
    'two authorizations',
    'GET /livez HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\n\r\n',
    '400',
  ],
  [
    'two content types',
    'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n',
    '400',
  ],
  [
    'a transfer encoding besides chunked',
    'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    '400',
  ],
  [
    'a handshake with two hosts',
    'GET /v1/realtime HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    '400',
  ],
  ['no host', 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n', '400'],
  ['headers over 16 KB', `GET /livez HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(17_000)}\r\n\r\n`, '431'],
])('%s is refused before it is a request', async (_, bytes, status) => {
  const before = await state();
  expect(await rawly(bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(await state()).toBe(before);
});

test('a body over 64 KB without a length is refused while it arrives', async () => {
  const before = await state();
  const chunk = `2000\r\n${' '.repeat(0x2000)}\r\n`;
  const head = `POST /v1/events/${world.show.id}/holds HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${world.who.token}\r\n`;
  const more =
    'Idempotency-Key: k\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
  expect(await rawly(`${head}${more}${chunk.repeat(9)}0\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 413 [\s\S]*"body_too_large"/,
  );
  expect(await state()).toBe(before);
});
