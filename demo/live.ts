/**
 * Live availability as fans see it: a socket each, by docs/protocol.md. A lost socket comes back after a random wait; where
 * there are no sockets, or none can be had, a fan asks instead (`latest` is undefined, and the fan polls).
 */
import { WebSocket } from 'ws';
import type { Availability } from './api.ts';

export type Values = Map<string, { available: number; held: number; sold: number }>;
type State = { epoch: number; offset: number; values: Values };

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
const openMs = 10_000;
const agesMax = 1_000_000;

type Message = {
  welcome?: { serverNow: string };
  sub?: { epoch: number; offset: number; snapshot?: { tiers: Record<string, Row> } };
  pub?: { epoch: number; offset: number; ts: string; data: { tiers: Record<string, Row> } };
};
type Row = [available: number, held: number, sold: number, state: string];

export function createLive(url: string, event: string, random: () => number): Live {
  const address = `${url.replace(/^http/, 'ws')}/v1/realtime`;
  const counts: Live['counts'] = { open: 0, opened: 0, lost: 0, updates: 0, backwards: 0 };
  const ages: number[] = [];
  const shown = new Set<() => State | undefined>();
  let served: boolean | undefined;
  /** What the server's clock is ahead of ours, ms. */
  let clockAheadMs = 0;

  const watch = (): Watcher => {
    let state: State | undefined;
    let socket: WebSocket | undefined;
    let timer: NodeJS.Timeout | undefined;
    let failures = 0;
    let wanted = true;

    const again = () => {
      if (!wanted || served === false) return;
      const most = Math.min(backoffMs.most, backoffMs.first * 2 ** failures++);
      timer = setTimeout(connect, random() * most);
    };
    const connect = () => {
      const own = new WebSocket(address, ['holdfast.v1.json'], {
        perMessageDeflate: false,
        handshakeTimeout: openMs,
      });
      socket = own;
      let last: State | undefined;
      const current = () => last;
      own.on('open', () => {
        own.send('{"id":1,"hello":{"client":"demo/1"}}');
        const since = state === undefined ? '' : `,"since":{"epoch":${state.epoch},"offset":${state.offset}}`;
        own.send(`{"id":2,"sub":{"ch":"avail:${event}"${since}}}`);
      });
      own.on('message', (data: Buffer) => {
        const text = data.toString();
        if (text === '{}') return own.send('{}');
        const message = JSON.parse(text) as Message;
        if (message.welcome !== undefined) {
          served = true;
          failures = 0;
          clockAheadMs = Date.parse(message.welcome.serverNow) - Date.now();
          counts.opened += 1;
          counts.open += 1;
          shown.add(current);
          own.once('close', () => {
            counts.open -= 1;
            shown.delete(current);
            if (wanted) counts.lost += 1;
          });
          return;
        }
        const told = stateOf(message) ?? (message.sub && last === undefined ? state : undefined);
        if (told === undefined) return;
        if (last !== undefined && isOlder(told, last)) counts.backwards += 1;
        last = told;
        if (state === undefined || !isOlder(told, state)) state = told;
        if (message.pub === undefined) return;
        counts.updates += 1;
        if (ages.length < agesMax) ages.push(Date.now() + clockAheadMs - Date.parse(message.pub.ts));
      });
      own.on('unexpected-response', (request, response) => {
        // Nobody there speaks this protocol: it is not asked for again.
        if (response.statusCode === 404 || response.statusCode === 426) served = false;
        response.resume();
        request.destroy();
      });
      own.on('error', () => undefined);
      own.once('close', () => {
        if (socket === own) socket = undefined;
        again();
      });
    };
    connect();
    return {
      latest: () => (socket?.readyState === WebSocket.OPEN ? state?.values : undefined),
      close() {
        wanted = false;
        clearTimeout(timer);
        socket?.terminate();
      },
    };
  };

  return {
    watch,
    ages,
    counts,
    served: () => served,
    differing: ({ tiers }) =>
      [...shown].filter((state) => {
        const values = state()?.values;
        return !tiers.every(({ tierId, available, held, sold }) => {
          const value = values?.get(tierId);
          return value?.available === available && value.held === held && value.sold === sold;
        });
      }).length,
  };
}

function stateOf({ sub, pub }: Message): State | undefined {
  const source = pub ?? sub;
  const tiers = pub?.data.tiers ?? sub?.snapshot?.tiers;
  if (source === undefined || tiers === undefined) return undefined;
  const values: Values = new Map();
  for (const [tier, [available, held, sold]] of Object.entries(tiers))
    values.set(tier, { available, held, sold });
  return { epoch: source.epoch, offset: source.offset, values };
}

function isOlder(a: State, b: State): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.offset < b.offset);
}
