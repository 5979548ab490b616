/** What tests of the client's live values stand on: a real server, a line to it that can be made bad, and what a watcher saw. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { WebSocket } from 'ws';
import { type Counts, createHoldfast, type Holdfast, type Options } from '../../client/index.ts';
import { hold, type Person, person, type Show } from './client.ts';
import { freshDatabase } from './database.ts';
import { eventually } from './holdfast.ts';
import { type Live, startLive } from './live.ts';
import { startProxy, type TestProxy } from './proxy.ts';
import { type Site, startSite } from './site.ts';

export type Bed = {
  site: Site;
  live: Live;
  proxy: TestProxy;
  /** The server again, with other limits. */
  beginAgain(limits: Parameters<typeof startLive>[1]): Promise<void>;
  /** Closed at the end of the test. Speaks through the proxy unless told otherwise. */
  client(options?: Partial<Options>): Holdfast;
  /** Holds so many units. */
  take(show: Show, units?: number): Promise<void>;
};

/** For the whole file; live and proxy are each test's own. */
export function clientBed(): Bed {
  let who: Person;
  const clients: Holdfast[] = [];
  const begin = async (limits: Parameters<typeof startLive>[1] = {}) => {
    bed.live = await startLive(bed.site, limits);
    bed.proxy = await startProxy(bed.live.url);
  };
  const end = async () => {
    await bed.proxy.stop();
    await bed.live.stop();
  };
  const bed = {
    async beginAgain(limits) {
      await end();
      await begin(limits);
    },
    client(options = {}) {
      const made = createHoldfast({ baseUrl: bed.proxy.url, WebSocket, name: 'test', ...options });
      clients.push(made);
      return made;
    },
    async take(show, units = 1) {
      expect((await hold(bed.site, who, show, units)).status).toBe(201);
    },
  } as Bed;
  beforeAll(async () => {
    bed.site = await startSite(await freshDatabase(), { availabilityFreshMs: 1 });
    who = await person(bed.site);
  });
  afterAll(() => bed.site?.stop());
  beforeEach(() => begin());
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await end();
    expect(bed.live.errors).toEqual([]);
  });
  return bed;
}

export type Seen = {
  values: Counts[];
  states: string[];
  held(): number | undefined;
  state(): string | undefined;
};

export function watch(by: Holdfast, show: Pick<Show, 'id'>): Seen & { close(): void } {
  const values: Counts[] = [];
  const states: string[] = [];
  const { close } = by.watch(
    show.id,
    (value) => values.push(value),
    (state, code) => states.push(code === undefined ? state : `${state} ${code}`),
  );
  return { values, states, close, held: () => values.at(-1)?.tiers[0]?.held, state: () => states.at(-1) };
}

export const sees = (seen: Seen, held: number) => eventually(`${held} are seen`, () => seen.held() === held);
export const becomes = (seen: Seen, state: string) =>
  eventually(`it is ${state}; it was ${seen.states}`, () => seen.state() === state);

/** Each value is later than the one before, and none is shown twice. */
export function onlyForward({ values }: Seen): void {
  const places = values.map(({ epoch, version }) => epoch * 1e9 + version);
  expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));
}
