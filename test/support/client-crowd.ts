/** A crowd of clients of client/ on an event of the program itself, for the tests of what they are promised. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { WebSocket } from 'ws';
import { type Counts, createHoldfast, type Holdfast, type Options, type State } from '../../client/index.ts';
import { type OpenEvent, openEvent, tokenFor } from '../chaos/api.ts';
import { type Cluster, startCluster } from '../chaos/cluster.ts';
import { eventually } from './holdfast.ts';

export const tickMs = 250;
/** As a deployment sets them that wants its crowd back soon rather than spread out: everything else is as it comes. */
const eager = { reconnectMaxMs: 2_000, pollMaxMs: 2_000 };

/** Nobody here is to be cut for a ping that was missed. */
const env = { WS_TICK_MS: String(tickMs), WS_PING_SECONDS: '120' };

export type Fan = { last: Counts | undefined; state: State; back: number; states: Set<State> };

export type Grounds = {
  cluster: Cluster;
  address: string;
  /** Somebody who buys, and keeps asking through an outage. */
  buyer(): Holdfast;
  open(capacities: number[]): Promise<OpenEvent>;
  /** Everybody watches, and has heard. `onValue` is told of each value as it comes. */
  crowd(event: OpenEvent, count: number, onValue?: (counts: Counts, index: number) => void): Promise<Fan[]>;
  /** Every client leaves. */
  clear(): Promise<void>;
  stop(): Promise<void>;
};

/** Grounds for the tests of a file, empty again after each of them. */
export function useGrounds(): () => Grounds {
  let grounds: Grounds;
  beforeAll(async () => {
    grounds = await startGrounds();
  }, 120_000);
  afterEach(() => grounds.clear(), 60_000);
  afterAll(() => grounds?.stop(), 60_000);
  return () => grounds;
}

async function startGrounds(): Promise<Grounds> {
  const cluster = await startCluster({ servers: 1, workers: 1, env });
  const address = cluster.servers[0]?.address ?? '';
  const clients: Holdfast[] = [];

  const client = (options: Partial<Options> = {}): Holdfast => {
    const made = createHoldfast({ baseUrl: address, WebSocket, ...options });
    clients.push(made);
    return made;
  };
  const watching = (
    event: OpenEvent,
    index: number,
    onValue: (counts: Counts, index: number) => void,
  ): Fan => {
    const fan: Fan = { last: undefined, state: 'connecting', back: 0, states: new Set() };
    client(eager).watch(
      event.id,
      (counts) => {
        const { last } = fan;
        const isLater =
          !last ||
          counts.epoch > last.epoch ||
          (counts.epoch === last.epoch && counts.version > last.version);
        if (!isLater) fan.back += 1;
        fan.last = counts;
        onValue(counts, index);
      },
      (state) => {
        fan.state = state;
        fan.states.add(state);
      },
    );
    return fan;
  };
  return {
    cluster,
    address,
    buyer: () =>
      client({
        token: tokenFor(cluster.keys.session),
        requestAttemptsMax: 1_000,
        requestTotalMs: 120_000,
        retryMaxMs: 500,
      }),
    open: (capacities) =>
      openEvent(address, cluster.keys.admin, {
        tiers: capacities.map((capacity, index) => ({ name: `Tier ${index}`, price: 4_000, capacity })),
      }),
    async crowd(event, count, onValue = () => undefined) {
      const all = Array.from({ length: count }, (_, index) => watching(event, index, onValue));
      const isLive = ({ last, state }: Fan) => last !== undefined && state === 'live';
      await eventually('everybody watches', () => all.every(isLive), 60_000);
      return all;
    },
    async clear() {
      await Promise.all(clients.splice(0).map((one) => one.close()));
    },
    stop: () => cluster.stop(),
  };
}

/** Takes one unit after the other until the tier says no more; answers how many it was given. */
export async function buyOut(
  by: Holdfast,
  event: OpenEvent,
  tier: number,
  everyMs = 0,
): Promise<Set<string>> {
  const holds = new Set<string>();
  for (;;) {
    const made = await by.holds.reserve(event.id, [{ tierId: event.tiers[tier]?.id ?? '', quantity: 1 }]);
    if (made.ok) holds.add(made.value.id);
    else if (made.problem.code === 'tier_all_in_carts') return holds;
    else throw new Error(`the buyer was told ${made.problem.code}: ${made.problem.detail}`);
    if (everyMs > 0) await pause(everyMs);
  }
}
