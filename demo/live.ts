/**
 * Live availability as fans see it: a socket each. A lost socket comes back after a random wait; where there are no sockets,
 * or none can be had, `latest` is undefined and the fan asks instead.
 */
import type { Availability } from './api.ts';
import { isOlder, openSocket, type Socket, type State, type Values } from './socket.ts';
import { createTurns } from './turns.ts';

export type Watcher = {
  /** What it has been told; undefined before the first snapshot, and while it has no socket. */
  latest(): Values | undefined;
  close(): void;
};

export type Live = {
  watch(): Watcher;
  /** How old each update was when it was read, ms. */
  ages: number[];
  counts: { open: number; opened: number; lost: number; updates: number; backwards: number };
  /** Whether the server has sockets at all; undefined before the first answer. */
  served(): boolean | undefined;
  /** Of the sockets that are open: how many show something else than `wanted`. */
  differing(wanted: Availability): number;
};

const backoffMs = { first: 500, most: 4_000 };
/** Handshakes at once: they cost both sides more than anything that follows. */
const handshakesMax = 8;
const agesMax = 1_000_000;

export function createLive(url: string, event: string, random: () => number): Live {
  const address = `${url.replace(/^http/, 'ws')}/v1/realtime`;
  const counts: Live['counts'] = { open: 0, opened: 0, lost: 0, updates: 0, backwards: 0 };
  const ages: number[] = [];
  /** What each open socket has shown last. */
  const shown = new Map<Socket, State | undefined>();
  const turn = createTurns(handshakesMax);
  let served: boolean | undefined;

  const watch = (): Watcher => {
    let state: State | undefined;
    let socket: Socket | undefined;
    let timer: NodeJS.Timeout | undefined;
    let failures = 0;
    let wanted = true;

    const connect = async (): Promise<void> => {
      const done = once(await turn(false));
      if (!wanted || served === false) return done();
      /** What the server's clock is ahead of ours, ms. */
      let aheadMs = 0;
      const own = openSocket(address, event, state, {
        settled: done,
        refused(status) {
          // Nobody there speaks this protocol: it is not asked for again.
          if (status === 404 || status === 426) served = false;
        },
        welcome(serverNow) {
          aheadMs = serverNow - Date.now();
          served = true;
          failures = 0;
          counts.opened += 1;
          counts.open += 1;
          shown.set(own, undefined);
        },
        state(told, ts) {
          const last = shown.get(own);
          if (last && isOlder(told, last)) counts.backwards += 1;
          shown.set(own, told);
          if (!state || !isOlder(told, state)) state = told;
          if (ts === undefined) return;
          counts.updates += 1;
          if (ages.length < agesMax) ages.push(Date.now() + aheadMs - ts);
        },
        ended() {
          if (shown.delete(own)) {
            counts.open -= 1;
            if (wanted) counts.lost += 1;
          }
          if (!wanted || served === false) return;
          const most = Math.min(backoffMs.most, backoffMs.first * 2 ** failures++);
          timer = setTimeout(() => void connect(), random() * most);
        },
      });
      socket = own;
    };
    void connect();
    return {
      latest: () => (socket?.isOpen() ? state?.values : undefined),
      close() {
        wanted = false;
        clearTimeout(timer);
        socket?.end();
      },
    };
  };

  return {
    watch,
    ages,
    counts,
    served: () => served,
    differing: (wanted) => [...shown.values()].filter((state) => !shows(state, wanted)).length,
  };
}

function once(run: () => void): () => void {
  let ran = false;
  return () => {
    if (!ran) run();
    ran = true;
  };
}

function shows(state: State | undefined, { tiers }: Availability): boolean {
  return tiers.every(({ tierId, available, held, sold }) => {
    const value = state?.values.get(tierId);
    return value?.available === available && value.held === held && value.sold === sold;
  });
}
