/**
 * A channel has one latest value, encoded once; a subscription remembers the last one it was sent, and "bring up to date" is
 * the only thing ever done to it. So a broadcast, a socket that has caught up again and a value that comes in the middle
 * of a broadcast are the same, nothing is sent twice, and nothing is queued per socket.
 */
import type { RefusalCode } from '../domain/refusals.ts';
import { type ChannelState, coalesce, type Position, recovers } from './coalesce.ts';
import { textFrame } from './frame.ts';
import {
  type ErrorCode,
  pubText,
  recoveredTail,
  type ServerKind,
  snapshotTail,
  statusText,
} from './protocol.ts';

/** A socket, as the channels see it. */
export type Subscriber = {
  write(kind: ServerKind, frame: Buffer): void;
  /** False while too much waits to be read: the socket then remembers who asked, and asks for the latest itself. */
  ready(subscription: Subscription): boolean;
  /** The answer to a subscribe: the tail is put behind the id of the request. */
  subscribed(subscription: Subscription, tail: string): void;
  refused(subscription: Subscription, code: ErrorCode): void;
  /** The server ends it. */
  ended(subscription: Subscription, code: RefusalCode): void;
};

export type Subscription = {
  ch: string;
  /** Of the request, for its answer. */
  id: number;
  /** What the client has. */
  since: Position | undefined;
  subscriber: Subscriber;
  channel: Channel;
  /** Number of the last value it was sent. */
  sent: number;
  /** Whether it was told that the values may be old. */
  toldStale: boolean;
};

export type Channel = {
  name: string;
  state: ChannelState | undefined;
  /** Number of the latest value: grows with each, whatever its epoch. */
  number: number;
  /** When the latest value was read, elapsed ms; undefined once it was broadcast: what follows is no fan-out. */
  readAt: number | undefined;
  /** Unix ms since when the values may be old. */
  staleSince: number | undefined;
  /** Encoded when first needed: nobody may need it. */
  frame: Buffer | undefined;
  tail: string | undefined;
  staleFrame: Buffer | undefined;
  liveFrame: Buffer | undefined;
  listeners: Set<Subscription>;
  /** Those who came before it had a value. */
  waiting: Set<Subscription>;
};

export function newChannel(name: string): Channel {
  return {
    name,
    state: undefined,
    number: 0,
    readAt: undefined,
    staleSince: undefined,
    frame: undefined,
    tail: undefined,
    staleFrame: undefined,
    liveFrame: undefined,
    listeners: new Set(),
    waiting: new Set(),
  };
}

/** Takes over a snapshot's values; answers whether they are to be told. */
export function take(channel: Channel, at: Position, body: string, ts: number, readAt: number): boolean {
  const next = coalesce(channel.state, at, body, ts);
  const moved = next.changed !== channel.state?.changed;
  channel.state = next;
  if (!moved) return false;
  channel.number += 1;
  channel.readAt = readAt;
  channel.frame = undefined;
  channel.tail = undefined;
  return true;
}

/** Answers the subscribe and lets it listen; `state` is the channel's, which has one. */
export function listen(subscription: Subscription, state: ChannelState): { recovered: boolean } {
  const { channel, subscriber, since } = subscription;
  const recovered = since !== undefined && recovers(state, since);
  if (!recovered) channel.tail ??= snapshotTail(channel.name, state);
  subscription.sent = channel.number;
  channel.listeners.add(subscription);
  subscriber.subscribed(subscription, recovered ? recoveredTail(channel.name, state) : (channel.tail ?? ''));
  bringUpToDate(subscription);
  return { recovered };
}

/** Sends what the subscription does not have yet: at most one value, and whether it may be old. */
export function bringUpToDate(subscription: Subscription): void {
  const { channel, subscriber } = subscription;
  const stale = channel.staleSince !== undefined;
  const behind = subscription.sent < channel.number;
  if ((!behind && subscription.toldStale === stale) || !subscriber.ready(subscription)) return;
  if (behind && channel.state) {
    channel.frame ??= textFrame(pubText(channel.name, channel.state));
    subscription.sent = channel.number;
    subscriber.write('pub', channel.frame);
  }
  if (subscription.toldStale === stale) return;
  subscription.toldStale = stale;
  if (stale) channel.staleFrame ??= textFrame(statusText(channel.name, channel.staleSince));
  else channel.liveFrame ??= textFrame(statusText(channel.name, undefined));
  const frame = stale ? channel.staleFrame : channel.liveFrame;
  if (frame) subscriber.write('status', frame);
}
