/** The crowd: every fan at once for the given time, and the counts of what happened to them. */
import type { Show } from './api.ts';
import { fan } from './fan.ts';
import type { Http } from './http.ts';
import type { Live } from './live.ts';
import type { Promises } from './promises.ts';
import { stream } from './random.ts';

export type Counts = {
  arrived: number;
  /** Fans who got a session before the time was over. */
  inside: number;
  /** Baskets that fans asked for, each counted once however often it had to be sent. */
  attempts: number;
  holds: number;
  /** Holds that a repeated request found made already. */
  replayed: number;
  refusals: Map<string, number>;
  extended: number;
  released: number;
  abandoned: number;
  /** Requests whose outcome nobody knew to the end. */
  unknown: number;
  /** Waiting times of baskets, ms. */
  times: number[];
};

/** What every fan is given. Times are performance.now(), ms. */
export type World = {
  http: Http;
  live: Live;
  show: Show;
  promises: Promises;
  counts: Counts;
  startedAt: number;
  /** Nobody wants anything new from here on. */
  endsAt: number;
  /** Until here a request with an unknown outcome is repeated. */
  patienceEndsAt: number;
  /** Fans with a lower index watch over a socket. */
  sockets: number;
};

/** A server that was killed is back within a few seconds; so long its clients go on asking. */
const patienceMs = 20_000;

export function createWorld(
  given: Pick<World, 'http' | 'live' | 'show' | 'promises' | 'sockets'>,
  seconds: number,
): World {
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  const counts: Counts = {
    arrived: 0,
    inside: 0,
    attempts: 0,
    holds: 0,
    replayed: 0,
    refusals: new Map(),
    extended: 0,
    released: 0,
    abandoned: 0,
    unknown: 0,
    times: [],
  };
  return { ...given, counts, startedAt, endsAt, patienceEndsAt: endsAt + patienceMs };
}

/** Resolves when every fan has gone; sockets of those who watch stay open, to be looked at. */
export async function runCrowd(world: World, fans: number, seed: number): Promise<void> {
  await Promise.all(Array.from({ length: fans }, (_, index) => fan(world, index, stream(seed, index))));
}
