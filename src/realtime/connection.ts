/**
 * One socket: what it may say when, and what waits for it.
 *
 *   greeting -> open      a hello was accepted
 *   greeting -> closing   no hello in time, a token that is none, too many sockets of its session, garbage
 *   open     -> closing   garbage, too many messages, no pong, not reading, or the server stops
 *   closing  -> closed    the closing handshake is done, or took too long
 *   any      -> closed    the other side is gone
 *
 * The outbox is the socket's own buffer and is bounded twice: above `dirtyBytes` no value is added to it, the latest
 * follows when it is empty again; above `bufferBytesMax`, or dirty for `stalledMs`, the socket is cut.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { UserId } from '../domain/ids.ts';
import type { RefusalCode } from '../domain/refusals.ts';
import type { RealtimeMetrics } from '../platform/realtime-metrics.ts';
import { bringUpToDate, type Subscriber, type Subscription } from './channel.ts';
import { textFrame } from './frame.ts';
import type { Hub } from './hub.ts';
import type { RealtimeLimits } from './limits.ts';
import {
  type CloseReason,
  closeCodes,
  disconnectText,
  type ErrorCode,
  errorCodes,
  errorText,
  type Message,
  ping,
  readChannel,
  readMessage,
  type ServerKind,
  unsubText,
  welcomeText,
} from './protocol.ts';
import type { Users } from './users.ts';

export type Shared = {
  hub: Hub;
  users: Users;
  limits: RealtimeLimits;
  metrics: RealtimeMetrics;
  /** A name for a client that has none yet. */
  session(): string;
  /** Unix ms. */
  now(): number;
};

const pingFrame = textFrame(ping);
const sessionShape = /^[0-9a-f-]{36}$/;

export class Connection implements Subscriber {
  readonly #ws: WebSocket;
  readonly #raw: Duplex;
  readonly #shared: Shared;
  readonly #subscriptions = new Map<string, Subscription>();
  #state: 'greeting' | 'open' | 'closing' = 'greeting';
  #user: UserId | undefined;
  /** Times are elapsed ms. */
  #openedAt = performance.now();
  #pingAt: number;
  #pongBy: number | undefined;
  #dirtySince: number | undefined;
  #behind: Set<Subscription> | undefined;
  #allowance: number;
  #countedAt = this.#openedAt;

  constructor(ws: WebSocket, raw: Duplex, shared: Shared) {
    this.#ws = ws;
    this.#raw = raw;
    this.#shared = shared;
    this.#allowance = shared.limits.messagesBurst;
    this.#pingAt = this.#openedAt + shared.limits.pingMs;
  }

  message(data: Buffer, isBinary: boolean): void {
    if (!this.count()) return;
    this.#pongBy = undefined;
    if (isBinary) {
      this.close('bad_request');
      return;
    }
    this.#handle(readMessage(data.toString()));
  }

  /** One more message, of whatever kind; false when it was one too many, or the socket is being closed already. */
  count(): boolean {
    const { messagesPerTenSeconds, messagesBurst } = this.#shared.limits;
    const now = performance.now();
    const earned = ((now - this.#countedAt) / 10_000) * messagesPerTenSeconds;
    this.#allowance = Math.min(messagesBurst, this.#allowance + earned) - 1;
    this.#countedAt = now;
    if (this.#allowance >= 0 && this.#state !== 'closing') return true;
    this.close('too_many_requests');
    // Who goes on all the same is not listened to any more: what it sends would cost us as before, for as long as a close may take.
    if (this.#allowance < -messagesBurst) this.#ws.pause();
    return false;
  }

  #handle(message: Message): void {
    if (message.kind === 'pong') return;
    if (message.kind === 'garbage') this.close('bad_request');
    else if (message.kind === 'invalid') this.#error(message.id, 'input_invalid', message.detail);
    else if (message.kind === 'hello') this.#hello(message);
    else if (this.#state === 'greeting') this.#error(message.id, 'hello_required');
    else if (message.kind === 'sub') this.#subscribe(message);
    else this.#unsubscribe(message);
  }

  #hello({ id, hello }: Message & { kind: 'hello' }): void {
    if (this.#state !== 'greeting') {
      this.#error(id, 'hello_repeated');
      return;
    }
    const { users, limits, session, now } = this.#shared;
    if (hello.token !== undefined) {
      const entered = users.enter(hello.token);
      if (typeof entered === 'string') {
        this.close(entered);
        return;
      }
      this.#user = entered.user;
    }
    this.#state = 'open';
    const again = hello.resume && sessionShape.test(hello.resume.session) ? hello.resume.session : session();
    this.#send('welcome', welcomeText(id, again, limits, now()));
  }

  #subscribe({ id, ch, since }: Message & { kind: 'sub' }): void {
    const name = readChannel(ch);
    const full = this.#subscriptions.size >= this.#shared.limits.subscriptionsMax;
    if (!name || this.#subscriptions.has(ch) || full) {
      this.#error(
        id,
        !name ? 'channel_unknown' : this.#subscriptions.has(ch) ? 'already_subscribed' : 'subscriptions_max',
      );
      return;
    }
    const channel = this.#shared.hub.channelOf(name);
    const subscription: Subscription = {
      ch,
      id,
      since,
      subscriber: this,
      channel,
      sent: 0,
      toldStale: false,
    };
    // It counts from here on, whether its event has values yet or not.
    this.#subscriptions.set(ch, subscription);
    this.#shared.hub.subscribe(subscription);
  }

  #unsubscribe({ id, ch }: Message & { kind: 'unsub' }): void {
    const subscription = this.#subscriptions.get(ch);
    if (!subscription) {
      this.#error(id, 'not_subscribed');
      return;
    }
    this.#forget(subscription);
    this.#shared.hub.unsubscribe(subscription);
    this.#send('unsub', unsubText(ch, { id }));
  }

  #forget(subscription: Subscription): void {
    this.#subscriptions.delete(subscription.ch);
    this.#behind?.delete(subscription);
  }

  subscribed({ id }: Subscription, tail: string): void {
    this.#send('sub', `{"id":${id}${tail}`);
  }

  refused(subscription: Subscription, code: ErrorCode): void {
    this.#forget(subscription);
    this.#error(subscription.id, code);
  }

  ended(subscription: Subscription, code: RefusalCode): void {
    this.#forget(subscription);
    const reason = code in errorCodes ? errorCodes[code as ErrorCode].message : code;
    this.#send('unsub', unsubText(subscription.ch, { code, reason }));
  }

  ready(subscription: Subscription): boolean {
    if (this.#raw.writableLength <= this.#shared.limits.dirtyBytes) return true;
    if (!this.#behind) {
      this.#behind = new Set();
      this.#dirtySince ??= performance.now();
      this.#shared.metrics.slowConsumers.inc();
      this.#raw.once('drain', () => this.#caughtUp());
    }
    this.#behind.add(subscription);
    return false;
  }

  #caughtUp(): void {
    const late = this.#behind;
    this.#behind = undefined;
    this.#dirtySince = undefined;
    if (!late || this.#state === 'closing') return;
    for (const subscription of late) bringUpToDate(subscription);
  }

  #error(id: number, code: ErrorCode, detail?: string): void {
    this.#send('error', errorText(id, code, detail));
  }

  #send(kind: ServerKind, text: string): void {
    this.write(kind, textFrame(text));
  }

  /** Straight to the socket: the frame is the same for everybody, and nothing of ours waits in front of it. */
  write(kind: ServerKind, frame: Buffer): void {
    if (this.#state === 'closing' || this.#ws.readyState !== this.#ws.OPEN) return;
    this.#raw.write(frame);
    this.#shared.metrics.sent(kind);
    if (this.#raw.writableLength > this.#shared.limits.bufferBytesMax) this.close('slow');
  }

  /** Once a second or so; answers how many bytes wait for this socket. */
  sweep(now: number): number {
    const { limits } = this.#shared;
    const buffered = this.#ws.bufferedAmount;
    if (this.#state === 'closing') return buffered;
    if (buffered > limits.dirtyBytes) this.#dirtySince ??= now;
    else if (!this.#behind) this.#dirtySince = undefined;
    if (this.#dirtySince !== undefined && now - this.#dirtySince >= limits.stalledMs) this.close('slow');
    else if (this.#state === 'greeting' && now - this.#openedAt >= limits.helloMs) this.close('stale');
    // Who does not read does not see the ping either.
    else if (this.#pongBy !== undefined && now >= this.#pongBy)
      this.close(this.#dirtySince === undefined ? 'no_pong' : 'slow');
    else if (now >= this.#pingAt) {
      this.#pingAt = now + limits.pingMs;
      this.#pongBy ??= now + limits.pongMs;
      this.write('ping', pingFrame);
    }
    return buffered;
  }

  close(reason: CloseReason): void {
    if (this.#state === 'closing') return;
    if (this.#ws.readyState === this.#ws.OPEN) {
      this.#raw.write(textFrame(disconnectText(reason, this.#shared.limits.reconnectSpreadMs)));
      this.#shared.metrics.sent('disconnect');
    }
    this.#state = 'closing';
    this.#leave();
    this.#ws.close(closeCodes[reason], reason);
  }

  /** It is gone; `close` is not needed any more. */
  gone(): void {
    this.#state = 'closing';
    this.#leave();
    if (this.#user !== undefined) this.#shared.users.leave(this.#user);
    this.#user = undefined;
  }

  #leave(): void {
    for (const subscription of this.#subscriptions.values()) this.#shared.hub.unsubscribe(subscription);
    this.#subscriptions.clear();
    this.#behind = undefined;
  }

  terminate(): void {
    this.#ws.terminate();
  }
}
