/**
 * Everything that is watched, over one socket, and by polling where the socket does not do. There is one rule for what runs:
 * `#settle` compares what is wanted with what is there and brings it in line, after whatever has happened.
 */
import { backoffMs, type Timer } from '../clock.ts';
import type { Schemas } from '../http/result.ts';
import type { Shared } from '../options.ts';
import { Feed, type State, type Watcher } from './feed.ts';
import { Link } from './link.ts';
import { type Poll, startPoll } from './poll.ts';
import { type Kind, readPolled, readValue, type ServerMessage } from './protocol.ts';
import { Subscriptions } from './subscriptions.ts';

/** Refusals that pass when another subscription goes, beside those that the server calls temporary. */
const fullCode = 'subscriptions_max';

export class Live {
  readonly #shared: Shared;
  readonly #link: Link;
  readonly #feeds = new Map<string, Feed>();
  readonly #polls = new Map<string, Poll>();
  #subscriptions: Subscriptions | undefined;
  #timer: Timer | undefined;
  #isSettling = false;
  #isUnsettled = false;
  #isClosed = false;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#link = new Link(shared, {
      opened: (welcome) => {
        this.#subscriptions = new Subscriptions(shared.clock, welcome, (message) => this.#link.send(message));
        this.#settle();
      },
      message: (message) => this.#heard(message),
      lost: () => {
        this.#subscriptions = undefined;
        for (const feed of this.#feeds.values()) {
          feed.isListening = false;
          feed.retryAt = undefined;
          feed.refusal = undefined;
        }
        this.#settle();
      },
    });
  }

  watch(kind: Kind, eventId: string, watcher: Watcher): { feed: Feed; leave(): void } {
    if (this.#isClosed) throw new Error('this client is closed');
    const feed = new Feed(kind, eventId, this.#shared.tell);
    const known = this.#feeds.get(feed.ch);
    if (!known) this.#feeds.set(feed.ch, feed);
    const joined = known ?? feed;
    const leave = joined.join(watcher);
    this.#settle();
    return {
      feed: joined,
      leave: () => {
        leave();
        this.#settle();
      },
    };
  }

  /** Resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#feeds.clear();
    this.#settle();
    await this.#link.stop();
  }

  #settle(): void {
    // A callback that watches or leaves comes back here: it is one more round and no second one at the same time.
    this.#isUnsettled = true;
    if (this.#isSettling) return;
    this.#isSettling = true;
    try {
      while (this.#isUnsettled) {
        this.#isUnsettled = false;
        this.#settleOnce();
      }
    } finally {
      this.#isSettling = false;
    }
  }

  #settleOnce(): void {
    for (const [ch, feed] of this.#feeds) if (feed.isEmpty && this.#left(ch)) this.#feeds.delete(ch);
    const wanted = [...this.#feeds.values()].filter((feed) => !feed.isEmpty && feed.state !== 'ended');
    if (wanted.length > 0) this.#link.start();
    else if (this.#feeds.size === 0) {
      this.#subscriptions = undefined;
      void this.#link.stop();
    }
    this.#subscribe(wanted);
    this.#settlePolls(wanted);
    for (const feed of wanted) feed.turn(...this.#stateOf(feed));
  }

  /** Whether nothing of the channel is left on the connection. */
  #left(ch: string): boolean {
    const subscriptions = this.#subscriptions;
    return !subscriptions?.has(ch) || subscriptions.unsubscribe(ch);
  }

  #subscribe(wanted: Feed[]): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const subscriptions = this.#subscriptions;
    if (!subscriptions) return;
    const now = this.#shared.clock.now();
    let againMs = Number.POSITIVE_INFINITY;
    if ([...this.#feeds.values()].some(({ isEmpty }) => isEmpty)) againMs = subscriptions.waitMs;
    for (const feed of wanted) {
      if (subscriptions.has(feed.ch) || subscriptions.isFull) continue;
      if (feed.retryAt !== undefined && feed.retryAt > now) againMs = Math.min(againMs, feed.retryAt - now);
      else if (subscriptions.subscribe(feed.ch, feed.position)) continue;
      else againMs = Math.min(againMs, subscriptions.waitMs);
    }
    if (againMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#shared.clock.after(Math.max(1, againMs), () => this.#settle());
  }

  #needsPoll(feed: Feed): boolean {
    if (feed.isListening) return false;
    // Once it is polled it is polled until it can be heard.
    if (this.#polls.has(feed.eventId)) return true;
    const { phase, failures } = this.#link;
    if (phase === 'refused' || failures >= this.#shared.limits.pollAfterFailures) return true;
    const isFull = this.#subscriptions?.isFull === true && !this.#subscriptions.has(feed.ch);
    return feed.retryAt !== undefined || isFull;
  }

  #settlePolls(wanted: Feed[]): void {
    const needed = new Set(wanted.filter((feed) => this.#needsPoll(feed)).map(({ eventId }) => eventId));
    for (const [eventId, poll] of this.#polls) {
      if (needed.has(eventId)) continue;
      poll.stop();
      this.#polls.delete(eventId);
    }
    for (const eventId of needed) {
      if (!this.#polls.has(eventId)) this.#polls.set(eventId, this.#poll(eventId));
    }
  }

  #poll(eventId: string): Poll {
    const feeds = () => [...this.#feeds.values()].filter((feed) => feed.eventId === eventId);
    return startPoll(this.#shared, eventId, {
      value: (polled: Schemas['Availability']) => {
        for (const feed of feeds()) feed.take(readPolled(feed.kind, polled));
      },
      gone: (code) => {
        for (const feed of feeds()) feed.turn('ended', code);
        this.#settle();
      },
      turned: () => this.#settle(),
    });
  }

  #stateOf(feed: Feed): [State, (string | undefined)?] {
    if (feed.isListening) return feed.isStale ? ['stale', 'inventory_unavailable'] : ['live'];
    const poll = this.#polls.get(feed.eventId);
    if (poll?.ok === true) return ['polling', feed.refusal ?? this.#link.reason];
    if (poll?.ok === false && feed.value) return ['stale'];
    // Whether polling does is not known yet.
    if (poll && feed.state !== 'live') return [feed.state, feed.code];
    return [feed.value ? 'reconnecting' : 'connecting'];
  }

  #heard(message: ServerMessage): void {
    const { pub, status } = message;
    if (pub) {
      const feed = this.#feeds.get(pub.ch);
      if (feed?.isListening) feed.take(readValue(feed.kind, feed.eventId, pub, pub.data, pub.ts));
      return;
    }
    if (message.sub) this.#subscribed(message.id, message.sub);
    else if (message.error) this.#refused(message.id, message.error);
    else if (status) {
      const feed = this.#feeds.get(status.ch);
      if (feed) feed.isStale = status.state === 'stale';
    } else if (message.unsub && message.id === undefined) {
      const { ch, code } = message.unsub;
      this.#subscriptions?.forget(ch);
      this.#feeds.get(ch)?.turn('ended', code);
    } else return;
    this.#settle();
  }

  #subscribed(id: number | undefined, sub: NonNullable<ServerMessage['sub']>): void {
    const feed = this.#feeds.get(sub.ch);
    if (this.#subscriptions?.answered(id) !== sub.ch || !feed) return;
    feed.isListening = true;
    feed.isStale = false;
    feed.retryAt = undefined;
    feed.refusal = undefined;
    feed.refusals = 0;
    if (sub.recovered) feed.confirm({ epoch: sub.epoch, version: sub.offset });
    else feed.take(readValue(feed.kind, feed.eventId, sub, sub.snapshot, sub.ts));
  }

  #refused(id: number | undefined, { code, temporary }: NonNullable<ServerMessage['error']>): void {
    const ch = this.#subscriptions?.answered(id);
    const feed = ch === undefined ? undefined : this.#feeds.get(ch);
    if (ch === undefined || !feed) return;
    this.#subscriptions?.forget(ch);
    if (!temporary && code !== fullCode) {
      feed.turn('ended', code);
      return;
    }
    feed.refusal = code;
    const { clock, limits } = this.#shared;
    const bounds = { baseMs: limits.reconnectBaseMs, maxMs: limits.reconnectMaxMs };
    feed.retryAt = clock.now() + backoffMs(feed.refusals, bounds, clock.random);
    feed.refusals += 1;
  }
}
