/** The protocol's words, and that docs/protocol.md has a place for each of them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { EventId } from '../domain/ids.ts';
import { textFrame } from './frame.ts';
import { defaultRealtimeLimits } from './limits.ts';
import {
  clientKinds,
  closeCodes,
  disconnectText,
  errorCodes,
  errorText,
  type Message,
  pubText,
  readChannel,
  readMessage,
  recoveredTail,
  serverKinds,
  snapshotTail,
  statusText,
  subprotocol,
  unsubText,
  welcomeText,
} from './protocol.ts';

const uuid = '01900000-0000-7000-8000-000000000000';
const ch = `avail:evt_${uuid}`;

test.each<[string, Message['kind'] | Message]>([
  ['{}', 'pong'],
  [' { } ', 'pong'],
  ['', 'garbage'],
  ['{', 'garbage'],
  ['1', 'garbage'],
  ['[]', 'garbage'],
  ['{"id":1,"id":2,"hello":{"client":"a"}}', 'garbage'],
  ['{"id":1,"hello":{"client":"a","client":"a"}}', 'garbage'],
  ['{"id":1,"sub":{"ch":"x","since":{"epoch":1,"offset":2,"\\u0065poch":3}}}', 'garbage'],
  ['{"id":1.5,"sub":{"ch":"x"}}', 'garbage'],
  ['{"id":1}', { kind: 'invalid', id: 1, detail: 'one of hello, sub, unsub must be there' }],
  ['{"id":1,"sub":null}', 'invalid'],
  ['{"id":1,"sub":{"ch":""}}', 'invalid'],
  ['{"id":1,"hello":{"client":"a"}}', { kind: 'hello', id: 1, hello: { client: 'a' } }],
  ['{"id":1,"hello":{"client":"a","later":1},"later":2}', { kind: 'hello', id: 1, hello: { client: 'a' } }],
  ['{"id":1,"unsub":{"ch":"x"}}', { kind: 'unsub', id: 1, ch: 'x' }],
  ['{"id":1,"sub":{"ch":"x"}}', { kind: 'sub', id: 1, ch: 'x', since: undefined }],
  [
    '{"id":2147483647,"sub":{"ch":"x","since":{"epoch":1,"offset":2}}}',
    { kind: 'sub', id: 2_147_483_647, ch: 'x', since: { epoch: 1, offset: 2 } },
  ],
  ['{"id":1,"sub":{"ch":"x","since":{"epoch":1,"offset":9007199254740992}}}', 'invalid'],
])('%s is read as %o', (text, wanted) => {
  const read = readMessage(text);
  if (typeof wanted === 'string') expect(read.kind).toBe(wanted);
  else expect(read).toEqual(wanted);
});

test.each([
  [ch, { kind: 'avail', event: uuid as EventId }],
  [`event:evt_${uuid}`, { kind: 'event', event: uuid as EventId }],
  [`seats:evt_${uuid}`, undefined],
  [`avail:tier_${uuid}`, undefined],
  [`avail:${uuid}`, undefined],
  [`avail:evt_${uuid} `, undefined],
  ['me', undefined],
])('%s is the channel %o', (name, wanted) => {
  expect(readChannel(name)).toEqual(wanted);
});

test('what the server sends is the JSON that is documented', () => {
  const state = {
    body: '{"tiers":{}}',
    ts: 0,
    changed: { epoch: 2, offset: 5 },
    seen: { epoch: 2, offset: 9 },
  };
  const at = { ch, epoch: 2, offset: 5 };
  const ts = '1970-01-01T00:00:00.000Z';
  const sent: [string, object][] = [
    [pubText(ch, state), { pub: { ...at, ts, data: { tiers: {} } } }],
    [
      `{"id":7${snapshotTail(ch, state)}`,
      { id: 7, sub: { ...at, recovered: false, ts, snapshot: { tiers: {} } } },
    ],
    [`{"id":7${recoveredTail(ch, state)}`, { id: 7, sub: { ...at, recovered: true } }],
    [statusText(ch, undefined), { status: { ch, state: 'live' } }],
    [statusText(ch, 0), { status: { ch, state: 'stale', since: ts, code: 'inventory_unavailable' } }],
    [unsubText(ch, { id: 3 }), { id: 3, unsub: { ch } }],
    [
      errorText(3, 'event_unknown'),
      { id: 3, error: { code: 'event_unknown', message: 'There is no such event', temporary: false } },
    ],
    [
      disconnectText('slow', 9),
      { disconnect: { code: 3008, reason: 'slow', reconnect: { minMs: 0, maxMs: 9 } } },
    ],
    [disconnectText('bad_request', 9), { disconnect: { code: 3501, reason: 'bad_request' } }],
  ];
  for (const [text, wanted] of sent) expect(JSON.parse(text)).toEqual(wanted);
  const kinds = sent.flatMap(([, wanted]) => Object.keys(wanted)).filter((name) => name !== 'id');
  const welcome = JSON.parse(welcomeText(1, uuid, defaultRealtimeLimits, 0));
  expect(welcome.welcome).toMatchObject({
    session: uuid,
    v: subprotocol,
    ping: 25,
    pong: true,
    serverNow: ts,
  });
  expect([...new Set([...kinds, 'welcome'])].sort()).toEqual([...serverKinds].sort());
});

test.each([0, 1, 125, 126, 65_535, 65_536, 100_000])('a text of %i bytes is a whole frame', (length) => {
  const frame = textFrame('x'.repeat(length));
  const short = (frame[1] ?? 0) & 0x7f;
  const header = short < 126 ? 2 : short === 126 ? 4 : 10;
  const told = short < 126 ? short : short === 126 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2));
  expect([frame[0], told, frame.length - header]).toEqual([0x81, length, length]);
  expect(frame.subarray(header).toString()).toBe('x'.repeat(length));
});

const document = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
const rowsOf = (heading: string) => {
  const section = document.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section.split('\n').filter((line) => line.startsWith('| '));
};

test('every close code has its row in docs/protocol.md, and no other is there', () => {
  const rows = rowsOf('Closing').flatMap(
    (row) => /^\| (\d{4}) \| `(\w+)` \|/.exec(row)?.slice(1, 3).join(' ') ?? [],
  );
  expect(rows).toEqual(Object.entries(closeCodes).map(([reason, code]) => `${code} ${reason}`));
});

test('every error has its row in docs/protocol.md, with whether it is temporary', () => {
  const rows = rowsOf('Errors').flatMap(
    (row) => /^\| `(\w+)` \| (yes|no) \|/.exec(row)?.slice(1, 3).join(' ') ?? [],
  );
  expect(rows).toEqual(
    Object.entries(errorCodes).map(([code, { temporary }]) => `${code} ${temporary ? 'yes' : 'no'}`),
  );
});

test('every kind of message has its row in docs/protocol.md', () => {
  const first = (heading: string) => rowsOf(heading).map((row) => row.split('|')[1]?.trim() ?? '');
  for (const kind of serverKinds) expect(first('What the server sends')).toContain(`\`${kind}\``);
  for (const kind of clientKinds) {
    expect(first('What a client sends').some((cell) => cell.includes(`"${kind}":`))).toBe(true);
  }
});

test('the limits in docs/protocol.md are those of the code', () => {
  const text = rowsOf('Limits').join('\n');
  const { subscriptionsMax, connectionsPerUserMax, messagesPerTenSeconds, messagesBurst, dirtyBytes } =
    defaultRealtimeLimits;
  expect(text).toContain(`| ${defaultRealtimeLimits.messageBytesMax / 1024} KiB`);
  expect(text).toContain(`${messagesPerTenSeconds} in 10 s in the long run, and ${messagesBurst} at once`);
  expect(text).toContain(`| subscriptions of a socket | ${subscriptionsMax} |`);
  expect(text).toContain(`has its token | ${connectionsPerUserMax} |`);
  expect(text).toContain(`from ${dirtyBytes / 1024} KiB on`);
});
