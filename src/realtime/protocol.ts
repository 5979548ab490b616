/**
 * The live protocol, `holdfast.v1.json`: what a client may send, what the server sends, and how connections end.
 * docs/protocol.md is the same for people who write a client; a test compares the two.
 */
import { z } from 'zod';
import { type EventId, readId } from '../domain/ids.ts';
import type { RefusalCode } from '../domain/refusals.ts';
import { repeatedKey } from '../platform/repeated-key.ts';
import type { ChannelState, Position } from './coalesce.ts';
import type { RealtimeLimits } from './limits.ts';

export const subprotocol = 'holdfast.v1.json';
export const path = '/v1/realtime';

/** Below 3500 the client comes back, from there on it does not. `reason` is what the close frame says. */
export const closeCodes = {
  shutdown: 3001,
  slow: 3008,
  no_pong: 3012,
  too_many_requests: 3013,
  invalid_token: 3500,
  bad_request: 3501,
  stale: 3502,
  connection_limit: 3504,
} as const;
export type CloseReason = keyof typeof closeCodes;

/** Codes of `error`: `temporary` says whether the same message can succeed later. */
export const errorCodes = {
  hello_required: { temporary: false, message: 'Say hello first' },
  hello_repeated: { temporary: false, message: 'There was a hello already' },
  input_invalid: { temporary: false, message: 'The message has invalid values' },
  channel_unknown: { temporary: false, message: 'There is no such channel' },
  event_unknown: { temporary: false, message: 'There is no such event' },
  event_retired: { temporary: false, message: 'This event is closed for good' },
  already_subscribed: { temporary: false, message: 'This subscription is there already' },
  not_subscribed: { temporary: false, message: 'There is no such subscription' },
  subscriptions_max: { temporary: false, message: 'A socket has at most so many subscriptions' },
  events_watched_max: { temporary: true, message: 'This server watches as many events as it can' },
  inventory_unavailable: { temporary: true, message: 'The inventory is not available right now' },
  records_unavailable: { temporary: true, message: 'The records are not available right now' },
} as const;
export type ErrorCode = keyof typeof errorCodes;

/** The kinds of messages, as they are named in the messages themselves; `{}` is the ping and the pong. */
export const clientKinds = ['hello', 'sub', 'unsub'] as const;
export const serverKinds = ['welcome', 'sub', 'pub', 'status', 'unsub', 'error', 'disconnect'] as const;
export type ServerKind = (typeof serverKinds)[number] | 'ping';

const id = z.int().min(1).max(2_147_483_647);
const channelName = z.string().min(1).max(100);
const position = z.object({
  epoch: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  offset: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
});

export const messageSchemas = {
  hello: z.object({
    client: z.string().min(1).max(100),
    token: z.string().max(1_000).optional(),
    resume: z.object({ session: z.string().max(64) }).optional(),
  }),
  sub: z.object({ ch: channelName, since: position.optional() }),
  unsub: z.object({ ch: channelName }),
} as const;

export type Message =
  | { kind: 'hello'; id: number; hello: z.output<typeof messageSchemas.hello> }
  | { kind: 'sub'; id: number; ch: string; since: Position | undefined }
  | { kind: 'unsub'; id: number; ch: string }
  | { kind: 'pong' }
  /** It has an id to answer under. */
  | { kind: 'invalid'; id: number; detail: string }
  /** Nobody can be answered. */
  | { kind: 'garbage' };

export function readMessage(text: string): Message {
  if (text === '{}') return { kind: 'pong' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'garbage' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { kind: 'garbage' };
  // Under which of two ids would the answer be?
  if (repeatedKey(text, value)) return { kind: 'garbage' };
  const fields = value as Record<string, unknown>;
  if (Object.keys(fields).length === 0) return { kind: 'pong' };
  const named = id.safeParse(fields['id']);
  if (!named.success) return { kind: 'garbage' };
  const kinds = clientKinds.filter((kind) => Object.hasOwn(fields, kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    return { kind: 'invalid', id: named.data, detail: `one of ${clientKinds.join(', ')} must be there` };
  }
  return readCommand(kind, named.data, fields[kind]);
}

function readCommand(kind: (typeof clientKinds)[number], id: number, value: unknown): Message {
  const invalid = ({ issues }: z.ZodError): Message => {
    const [issue] = issues;
    return { kind: 'invalid', id, detail: `${[kind, ...(issue?.path ?? [])].join('.')}: ${issue?.message}` };
  };
  if (kind === 'hello') {
    const read = messageSchemas.hello.safeParse(value);
    return read.success ? { kind, id, hello: read.data } : invalid(read.error);
  }
  if (kind === 'unsub') {
    const read = messageSchemas.unsub.safeParse(value);
    return read.success ? { kind, id, ch: read.data.ch } : invalid(read.error);
  }
  const read = messageSchemas.sub.safeParse(value);
  return read.success ? { kind, id, ch: read.data.ch, since: read.data.since } : invalid(read.error);
}

export const channelKinds = ['avail', 'event'] as const;
export type ChannelKind = (typeof channelKinds)[number];
export type ChannelName = { kind: ChannelKind; event: EventId };

/** `avail:evt_...` and `event:evt_...`; undefined for everything else. */
export function readChannel(ch: string): ChannelName | undefined {
  const kind = channelKinds.find((one) => ch.startsWith(`${one}:`));
  const event = kind && readId('event', ch.slice(kind.length + 1));
  return kind && event ? { kind, event: event as EventId } : undefined;
}

const time = (unixMs: number) => new Date(unixMs).toISOString();

export const ping = '{}';

/** `name` is a channel name that readChannel has taken, so it needs no quoting; `body` is JSON. */
export function pubText(name: string, { changed, ts, body }: ChannelState): string {
  return `{"pub":{"ch":"${name}","epoch":${changed.epoch},"offset":${changed.offset},"ts":"${time(ts)}","data":${body}}}`;
}

/** Without the id, which is all that differs between two who subscribe to the same: `{"id":7` is put before it. */
export function snapshotTail(name: string, { changed, ts, body }: ChannelState): string {
  return `,"sub":{"ch":"${name}","epoch":${changed.epoch},"offset":${changed.offset},"recovered":false,"ts":"${time(ts)}","snapshot":${body}}}`;
}

export function recoveredTail(name: string, { changed }: ChannelState): string {
  return `,"sub":{"ch":"${name}","epoch":${changed.epoch},"offset":${changed.offset},"recovered":true}}`;
}

export function unsubText(ch: string, by: { id: number } | { code: RefusalCode; reason: string }): string {
  return JSON.stringify('id' in by ? { id: by.id, unsub: { ch } } : { unsub: { ch, ...by } });
}

export function statusText(name: string, since: number | undefined): string {
  const state =
    since === undefined
      ? { state: 'live' }
      : { state: 'stale', since: time(since), code: 'inventory_unavailable' };
  return JSON.stringify({ status: { ch: name, ...state } });
}

export function errorText(id: number, code: ErrorCode, detail?: string): string {
  const { message, temporary } = errorCodes[code];
  return JSON.stringify({ id, error: { code, message: detail ?? message, temporary } });
}

export function welcomeText(id: number, session: string, limits: RealtimeLimits, now: number): string {
  const { messageBytesMax, messagesPerTenSeconds, messagesBurst, subscriptionsMax } = limits;
  const welcome = {
    session,
    v: subprotocol,
    ping: limits.pingMs / 1_000,
    pong: true,
    serverNow: time(now),
    limits: { messageBytesMax, messagesPerTenSeconds, messagesBurst, subscriptionsMax },
  };
  return JSON.stringify({ id, welcome });
}

/** `spreadMs`: who may come back does so at a random moment of this time. */
export function disconnectText(reason: CloseReason, spreadMs: number): string {
  const code = closeCodes[reason];
  const reconnect = code < 3_500 ? { reconnect: { minMs: 0, maxMs: spreadMs } } : undefined;
  return JSON.stringify({ disconnect: { code, reason, ...reconnect } });
}
