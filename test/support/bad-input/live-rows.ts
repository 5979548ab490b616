/** What a socket may be told that it must not take: what is said, and how it is answered. */
import { defaultRealtimeLimits } from '../../../src/realtime/limits.ts';
import type { CloseReason, ErrorCode } from '../../../src/realtime/protocol.ts';
import type { Show } from '../client.ts';
import type { Watcher } from '../live.ts';

export type Shows = { open: Show; draft: Show };

const unused = 'evt_01900000-0000-7000-8000-000000000000';
const { messagesBurst, messageBytesMax } = defaultRealtimeLimits;
export const sub = (id: unknown, ch: unknown, more: object = {}) => ({ id, sub: { ch, ...more } });

export type LiveRow = {
  what: string;
  say: (fan: Watcher, shows: Shows) => unknown;
  /** The code of the error that answers; the socket stays open. */
  error?: ErrorCode;
  /** How the socket is closed. */
  close?: CloseReason | number;
};

/** Said after a hello. */
export const liveRows: LiveRow[] = [
  { what: 'text that is no JSON', say: (fan) => fan.send('hello?'), close: 'bad_request' },
  { what: 'an empty text', say: (fan) => fan.send(''), close: 'bad_request' },
  { what: 'JSON that is no object', say: (fan) => fan.send('[1]'), close: 'bad_request' },
  { what: 'null', say: (fan) => fan.send('null'), close: 'bad_request' },
  { what: 'bytes', say: (fan) => fan.send(Buffer.from('{}')), close: 'bad_request' },
  { what: 'no id', say: (fan) => fan.send({ sub: { ch: 'x' } }), close: 'bad_request' },
  { what: 'an id of 0', say: (fan) => fan.send(sub(0, 'x')), close: 'bad_request' },
  { what: 'an id that is text', say: (fan) => fan.send(sub('1', 'x')), close: 'bad_request' },
  { what: 'an id above 2147483647', say: (fan) => fan.send(sub(2 ** 31, 'x')), close: 'bad_request' },
  { what: 'an id of 1e400', say: (fan) => fan.send('{"id":1e400,"sub":{"ch":"x"}}'), close: 'bad_request' },
  { what: 'two ids', say: (fan) => fan.send('{"id":9,"id":10,"sub":{"ch":"x"}}'), close: 'bad_request' },
  {
    what: 'two channels',
    say: (fan) => fan.send('{"id":9,"sub":{"ch":"x","ch":"y"}}'),
    close: 'bad_request',
  },
  { what: 'no command', say: (fan) => fan.send({ id: 9, buy: { all: true } }), error: 'input_invalid' },
  {
    what: 'two commands',
    say: (fan) => fan.send({ ...sub(9, 'x'), unsub: { ch: 'x' } }),
    error: 'input_invalid',
  },
  {
    what: 'a command from the prototype',
    say: (fan) => fan.send('{"id":9,"__proto__":{"sub":{"ch":"x"}}}'),
    error: 'input_invalid',
  },
  { what: 'a channel that is a number', say: (fan) => fan.send(sub(9, 7)), error: 'input_invalid' },
  {
    what: 'a channel of 101 characters',
    say: (fan) => fan.send(sub(9, 'x'.repeat(101))),
    error: 'input_invalid',
  },
  {
    what: 'a negative offset',
    say: (fan, shows) => fan.send(sub(9, `avail:${shows.open.id}`, { since: { epoch: 1, offset: -1 } })),
    error: 'input_invalid',
  },
  {
    what: 'an offset that is no whole number',
    say: (fan, shows) => fan.send(sub(9, `avail:${shows.open.id}`, { since: { epoch: 1, offset: 0.5 } })),
    error: 'input_invalid',
  },
  {
    what: 'an epoch that is missing',
    say: (fan, shows) => fan.send(sub(9, `avail:${shows.open.id}`, { since: { offset: 1 } })),
    error: 'input_invalid',
  },
  {
    what: 'a second hello',
    say: (fan) => fan.send({ id: 9, hello: { client: 'x' } }),
    error: 'hello_repeated',
  },
  { what: 'a hello without a name', say: (fan) => fan.send({ id: 9, hello: {} }), error: 'input_invalid' },
  {
    what: 'an unknown kind of channel',
    say: (fan, shows) => fan.send(sub(9, `gossip:${shows.open.id}`)),
    error: 'channel_unknown',
  },
  { what: 'a channel of a later day', say: (fan) => fan.send(sub(9, 'me')), error: 'channel_unknown' },
  { what: 'a channel without an event', say: (fan) => fan.send(sub(9, 'avail:')), error: 'channel_unknown' },
  {
    what: 'an id in upper case',
    say: (fan, shows) => fan.send(sub(9, `avail:${shows.open.id.toUpperCase()}`)),
    error: 'channel_unknown',
  },
  {
    what: 'a NUL behind the id',
    say: (fan, shows) => fan.send(sub(9, `avail:${shows.open.id}\u0000`)),
    error: 'channel_unknown',
  },
  {
    what: 'an event that is not there',
    say: (fan) => fan.send(sub(9, `avail:${unused}`)),
    error: 'event_unknown',
  },
  {
    what: 'an event that is not published',
    say: (fan, shows) => fan.send(sub(9, `event:${shows.draft.id}`)),
    error: 'event_unknown',
  },
  {
    what: 'the same channel twice',
    say: async (fan, shows) => {
      await fan.subscribe(`avail:${shows.open.id}`);
      fan.send(sub(9, `avail:${shows.open.id}`));
    },
    error: 'already_subscribed',
  },
  {
    what: 'leaving a channel it is not in',
    say: (fan, shows) => fan.send({ id: 9, unsub: { ch: `avail:${shows.open.id}` } }),
    error: 'not_subscribed',
  },
  {
    what: 'a message above 4 KiB',
    say: (fan) => fan.send(`{"id":9,"x":"${'x'.repeat(messageBytesMax)}"}`),
    close: 1009,
  },
  {
    what: 'text that is not UTF-8',
    say: (fan) => fan.ws.send(Buffer.from([0x7b, 0xff, 0x7d]), { binary: false }),
    close: 1007,
  },
  {
    what: 'a flood of messages',
    say: (fan) => {
      for (let n = 0; n <= messagesBurst; n++) fan.send('{}');
    },
    close: 'too_many_requests',
  },
  {
    what: 'a flood of pings',
    say: (fan) => {
      for (let n = 0; n <= messagesBurst; n++) fan.ws.ping();
    },
    close: 'too_many_requests',
  },
  {
    what: 'a flood of pongs',
    say: (fan) => {
      for (let n = 0; n <= messagesBurst; n++) fan.ws.pong('x'.repeat(125));
    },
    close: 'too_many_requests',
  },
  {
    what: 'a flood of subscribes',
    say: (fan, shows) => {
      for (let n = 1; n <= messagesBurst; n++) fan.send(sub(n, `avail:${shows.open.id}`));
    },
    close: 'too_many_requests',
  },
  {
    what: 'a message in 17 fragments',
    say: (fan) => {
      for (let n = 0; n < 16; n++) fan.ws.send(' ', { fin: false });
      fan.ws.send('{}', { fin: true });
    },
    close: 1008,
  },
];
