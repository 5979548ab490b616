/** What one connection is subscribed to, and how many messages it may still send: the server closes on those who send too many. */
import type { Clock } from '../clock.ts';
import type { Position } from './protocol.ts';
import type { Welcome } from './socket.ts';

/** Kept back for the answers to the server's pings. */
const reserve = 5;
/** Earned a little slower than the server counts, for the same. */
const share = 0.9;

export class Subscriptions {
  readonly #clock: Clock;
  readonly #send: (message: object) => void;
  readonly #limits: Welcome['limits'];
  readonly #channels = new Set<string>();
  readonly #asked = new Map<number, string>();
  #allowance: number;
  #countedAt: number;
  // The hello was the first.
  #id = 1;

  constructor(clock: Clock, welcome: Welcome, send: (message: object) => void) {
    this.#clock = clock;
    this.#send = send;
    this.#limits = welcome.limits;
    this.#allowance = welcome.limits.messagesBurst - 1;
    this.#countedAt = clock.now();
  }

  has(ch: string): boolean {
    return this.#channels.has(ch);
  }

  get isFull(): boolean {
    return this.#channels.size >= this.#limits.subscriptionsMax;
  }

  /** False when no message may be sent at the moment. */
  subscribe(ch: string, since: Position | undefined): boolean {
    if (!this.#spend()) return false;
    this.#channels.add(ch);
    this.#asked.set(++this.#id, ch);
    const have = since === undefined ? {} : { since: { epoch: since.epoch, offset: since.version } };
    this.#send({ id: this.#id, sub: { ch, ...have } });
    return true;
  }

  /** False when no message may be sent at the moment. */
  unsubscribe(ch: string): boolean {
    if (!this.#spend()) return false;
    this.forget(ch);
    this.#send({ id: ++this.#id, unsub: { ch } });
    return true;
  }

  /** The server ended or refused it. */
  forget(ch: string): void {
    this.#channels.delete(ch);
    for (const [id, one] of this.#asked) if (one === ch) this.#asked.delete(id);
  }

  /** The channel that this answers a subscribe to; undefined for an answer that nobody waits for any more. */
  answered(id: number | undefined): string | undefined {
    const ch = id === undefined ? undefined : this.#asked.get(id);
    if (id !== undefined) this.#asked.delete(id);
    return ch;
  }

  /** Ms until a message may be sent. */
  get waitMs(): number {
    const missing = reserve + 1 - this.#allowance;
    return Math.max(0, (missing / (this.#limits.messagesPerTenSeconds * share)) * 10_000);
  }

  #spend(): boolean {
    const now = this.#clock.now();
    const perMs = (this.#limits.messagesPerTenSeconds * share) / 10_000;
    const earned = this.#allowance + (now - this.#countedAt) * perMs;
    this.#allowance = Math.min(this.#limits.messagesBurst, earned);
    this.#countedAt = now;
    if (this.#allowance < reserve + 1) return false;
    this.#allowance -= 1;
    return true;
  }
}
