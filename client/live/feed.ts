/**
 * What is known of one channel of one event, and who wants to hear it. The only way in is `take`, and it never goes back in time: a
 * value that is not greater in (epoch, version) than the last one is dropped, wherever it came from.
 */
import type { Shared } from '../options.ts';
import { isAfter, type Kind, type Position, type Value } from './protocol.ts';

/**
 *   connecting     nothing was heard yet
 *   live           values come as they change
 *   reconnecting   the connection is lost; the last value stays
 *   polling        values come about once a second
 *   stale          the server cannot read the event, or cannot be reached for polls either: the last value may be old
 *   ended          nothing will come any more: the event was closed for good, or there is none
 */
export type State = 'connecting' | 'live' | 'reconnecting' | 'polling' | 'stale' | 'ended';

/** `code`: why, where the server said so: a problem's code. */
export type OnState = (state: State, code: string | undefined) => void;

export type Watcher = {
  onValue(value: Value): void;
  onState: OnState | undefined;
};

type Listener = Watcher & { seen: Position | undefined };

export class Feed {
  readonly eventId: string;
  readonly kind: Kind;
  readonly ch: string;
  readonly #tell: Shared['tell'];
  readonly #listeners = new Set<Listener>();
  /** Of the values that are known to be right: at least the last value's own. */
  position: Position | undefined;
  value: Value | undefined;
  state: State = 'connecting';
  code: string | undefined;
  /** The socket that is open has answered our subscription. */
  isListening = false;
  /** The server says that the last values may be old. */
  isStale = false;
  /** The server has no room for the subscription, or cannot answer it at the moment: when to try again, elapsed ms. */
  retryAt: number | undefined;
  /** Why. */
  refusal: string | undefined;
  refusals = 0;

  constructor(kind: Kind, eventId: string, tell: Shared['tell']) {
    this.kind = kind;
    this.eventId = eventId;
    this.ch = `${kind}:${eventId}`;
    this.#tell = tell;
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /** What is known already is told soon, but not before this has returned. Returns how to leave. */
  join(watcher: Watcher): () => void {
    const listener: Listener = { ...watcher, seen: undefined };
    this.#listeners.add(listener);
    queueMicrotask(() => {
      const { value, state, code } = this;
      if (!this.#listeners.has(listener)) return;
      if (value) this.#show(listener, value);
      // A later state was told to it already.
      if (state !== 'connecting') this.#tell(() => listener.onState?.(state, code));
    });
    return () => this.#listeners.delete(listener);
  }

  take(value: Value): void {
    if (this.state === 'ended' || !isAfter(value, this.position)) return;
    this.position = { epoch: value.epoch, version: value.version };
    this.value = value;
    for (const listener of [...this.#listeners]) this.#show(listener, value);
  }

  /** What we have is right as of this position. */
  confirm(position: Position): void {
    if (isAfter(position, this.position)) this.position = position;
  }

  #show(listener: Listener, value: Value): void {
    if (!this.#listeners.has(listener) || !isAfter(value, listener.seen)) return;
    listener.seen = { epoch: value.epoch, version: value.version };
    this.#tell(() => listener.onValue(value));
  }

  turn(state: State, code?: string): void {
    if (this.state === 'ended' || (this.state === state && this.code === code)) return;
    this.state = state;
    this.code = code;
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.has(listener)) this.#tell(() => listener.onState?.(state, code));
    }
  }
}
