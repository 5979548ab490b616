/** The live protocol for tests: another server on a site's stores, and a client that keeps every message it was sent. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createRealtimeMetrics } from '../../src/platform/realtime-metrics.ts';
import { realtimeLabels, startRealtime } from '../../src/realtime/index.ts';
import type { RealtimeLimits } from '../../src/realtime/limits.ts';
import { subprotocol } from '../../src/realtime/protocol.ts';
import { holdOutcomes } from '../../src/server/hold-outcomes.ts';
import { createHttpServer } from '../../src/server/listen.ts';
import { refuseUpgrade } from '../../src/server/upgrade.ts';
import { eventually } from './holdfast.ts';
import type { Site } from './site.ts';

export type Live = {
  url: string;
  /** Mistakes of ours that were reported. */
  errors: unknown[];
  /** The value of a series, labels included as they are exported. */
  metric(series: string): Promise<number>;
  stop(): Promise<void>;
};

export async function startLive(
  site: Site,
  limits: Partial<RealtimeLimits> = {},
  origins: string[] = [],
): Promise<Live> {
  const errors: unknown[] = [];
  const metrics = createMetrics({ holdOutcomes, runtime: false });
  const http = createHttpServer({ ...site.edge, metrics, subprotocols: [subprotocol] });
  const { redis, epochs, partitions } = site.stores;
  const { inventory, catalog } = site.edge.deps;
  const live = startRealtime({
    redis,
    epochs,
    partitions,
    inventory,
    catalog,
    limits: { tickMs: 50, sweepMs: 20, ...limits },
    metrics: createRealtimeMetrics(metrics.registry, realtimeLabels),
    origins,
    verify: (token) => site.edge.sessions.verify(token)?.user,
    refuse: refuseUpgrade,
    now: Date.now,
    onError: (error) => errors.push(error),
  });
  http.takeHandshakes(live.upgrade);
  const port = await http.listen(0, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${port}`,
    errors,
    async metric(series) {
      const line = (await metrics.registry.metrics()).split('\n').find((one) => one.startsWith(`${series} `));
      return Number(line?.slice(series.length + 1));
    },
    async stop() {
      await live.stop();
      await http.stop(2_000);
    },
  };
}

/** Whatever JSON came; a test that asks for what is not there fails by itself. */
type Json = ReturnType<typeof JSON.parse>;

export type Watcher = {
  ws: WebSocket;
  messages: Json[];
  /** The first message from `from` on that fits; waits for it. */
  got(what: string, fits: (message: Json) => boolean, boundMs?: number): Promise<Json>;
  send(message: object | string | Buffer): void;
  /** Sends with an id of its own and waits for the answer. */
  ask(message: object): Promise<Json>;
  subscribe(ch: string, since?: { epoch: number; offset: number }): Promise<Json>;
  /** Every value of a channel in the order it came: snapshots and pubs. */
  values(ch: string): { epoch: number; offset: number; data: Json }[];
  /** Waits for the end: close code and reason. */
  closed(boundMs?: number): Promise<{ code: number; reason: string }>;
  close(): Promise<void>;
};

/** Opens a socket without saying anything; it answers pings unless told otherwise. */
export async function openSocket(
  url: string,
  options: { origin?: string; pong?: boolean } = {},
): Promise<Watcher> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime`, subprotocol, {
    ...(options.origin === undefined ? {} : { origin: options.origin }),
    perMessageDeflate: false,
  });
  const messages: Json[] = [];
  let end: { code: number; reason: string } | undefined;
  let asked = 0;
  ws.on('message', (data) => {
    const text = String(data);
    messages.push(JSON.parse(text));
    if (text === '{}' && options.pong !== false) ws.send('{}');
  });
  ws.on('error', () => undefined);
  ws.on('close', (code, reason) => {
    end = { code, reason: String(reason) };
  });
  await once(ws, 'open');
  const watcher: Watcher = {
    ws,
    messages,
    async got(what, fits, boundMs = 10_000) {
      await eventually(
        `${what}; there was ${JSON.stringify(messages.slice(-3))}`,
        () => messages.some(fits),
        boundMs,
      );
      return messages.find(fits);
    },
    send: (message) =>
      ws.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message)),
    ask(message) {
      asked += 1;
      const id = asked;
      watcher.send({ id, ...message });
      return watcher.got(`the answer to ${JSON.stringify(message)}`, (one) => one.id === id);
    },
    subscribe: (ch, since) => watcher.ask({ sub: { ch, ...(since ? { since } : {}) } }),
    values: (ch) =>
      messages
        .map(({ sub, pub }) => (sub?.snapshot ? { ...sub, data: sub.snapshot } : pub))
        .filter((one) => one?.ch === ch)
        .map(({ epoch, offset, data }) => ({ epoch, offset, data })),
    async closed(boundMs = 10_000) {
      await eventually('the socket is closed', () => end !== undefined, boundMs);
      return end ?? { code: 0, reason: '' };
    },
    async close() {
      ws.close();
      await watcher.closed();
    },
  };
  return watcher;
}

/** A socket that has said hello. */
export async function watch(
  url: string,
  options: Parameters<typeof openSocket>[1] & { token?: string } = {},
) {
  const watcher = await openSocket(url, options);
  const token = options.token === undefined ? {} : { token: options.token };
  const answer = await watcher.ask({ hello: { client: 'test', ...token } });
  if (!answer.welcome) throw new Error(`no welcome: ${JSON.stringify(answer)}`);
  return watcher;
}
