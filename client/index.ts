/**
 * A client of Holdfast for Node and browsers: typed HTTP calls that can be repeated without harm, and values that come as they
 * change. It needs no other package.
 */
import { type Calls, createCalls } from './http/calls.ts';
import type { OnState, State } from './live/feed.ts';
import { Live } from './live/live.ts';
import type { Counts, Kind, Kinds, Sale, Value } from './live/protocol.ts';
import { type Options, sharedOf } from './options.ts';

export type { Clock } from './clock.ts';
export type { CallOptions } from './http/request.ts';
export type { CodesOf, Failure, LocalCode, Problem, Result, Schemas, Success } from './http/result.ts';
export { newKey } from './http/writing.ts';
export type { OnState, State } from './live/feed.ts';
export type { Counts, Position, Sale, TierCount } from './live/protocol.ts';
export type { WebSocketConstructor } from './live/socket.ts';
export { defaultLimits, type Limits, type Options } from './options.ts';

export type Watch<Watched> = {
  readonly state: State;
  /** The last one that was passed on; undefined before the first. */
  readonly value: Watched | undefined;
  /** Nothing is passed on afterwards. */
  close(): void;
};

export type Holdfast = Calls & {
  /** The session's. */
  readonly token: string | undefined;
  /**
   * What is left of each tier, as it changes. `onValue` gets whole values, each greater in (epoch, version) than the one before,
   * at most one per tick of the server.
   */
  watch(eventId: string, onValue: (counts: Counts) => void, onState?: OnState): Watch<Counts>;
  /** What is sold, at what price, and whether; by the same rule. */
  watchSale(eventId: string, onValue: (sale: Sale) => void, onState?: OnState): Watch<Sale>;
  /** Ends every watch, without a word to any. Resolves when nothing runs any more. */
  close(): Promise<void>;
};

export function createHoldfast(options: Options): Holdfast {
  const shared = sharedOf(options);
  const live = new Live(shared);
  const watch = <K extends Kind>(
    kind: K,
    eventId: string,
    onValue: (value: Kinds[K]) => void,
    onState: OnState | undefined,
  ): Watch<Kinds[K]> => {
    // A feed of this kind has values of this kind only.
    const { feed, leave } = live.watch(kind, eventId, {
      onValue: (value: Value) => onValue(value as Kinds[K]),
      onState,
    });
    return {
      get state() {
        return feed.state;
      },
      get value() {
        return feed.value as Kinds[K] | undefined;
      },
      close: leave,
    };
  };
  return {
    ...createCalls(shared),
    get token() {
      return shared.token;
    },
    watch: (eventId, onValue, onState) => watch('avail', eventId, onValue, onState),
    watchSale: (eventId, onValue, onState) => watch('event', eventId, onValue, onState),
    close: () => live.close(),
  };
}
