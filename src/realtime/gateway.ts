/**
 * The door: which handshakes become sockets, the one timer that looks after all of them, and how they are sent away when
 * the server stops. A handshake that is refused is answered as any HTTP request is, by whom this is given.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import type { Refusal } from '../domain/refusals.ts';
import { Connection, type Shared } from './connection.ts';
import { originAllowed } from './origin.ts';
import { path, subprotocol } from './protocol.ts';

export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export type Gateway = {
  /** For the HTTP server's `upgrade` event. */
  upgrade: Upgrade;
  /** Says `disconnect` to every socket and closes them; those that do not answer in time are cut. */
  stop(): Promise<void>;
};

export type GatewayOptions = Omit<Shared, 'session'> & {
  /** Origins beside the host that was asked for; `*` is all. */
  origins: ReadonlySet<string>;
  /** Answers a handshake that is not taken, and closes its socket. */
  refuse(request: IncomingMessage, socket: Duplex, refusal: Refusal): void;
};

/** Messages are at most 4 KiB: neither many fragments nor many small pieces of one make sense. */
const fragmentsMax = 16;
const chunksMax = 8 * 1024;
/** When stopping: how long clients may take to answer the close. */
const stopMs = 2_000;

export function createGateway(options: GatewayOptions): Gateway {
  const { hub, limits, metrics, refuse, origins } = options;
  const shared: Shared = { ...options, session: randomUUID };
  const connections = new Set<Connection>();
  let stopping = false;
  // Not all of them are in the type of the options.
  const wssOptions = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.messageBytesMax,
    maxFragments: fragmentsMax,
    maxBufferedChunks: chunksMax,
    // Our own count of messages comes first, and says why; the library would cut without a word.
    maxPendingAutoPongs: 2 * limits.messagesBurst,
    closeTimeout: limits.closeMs,
    handleProtocols: () => subprotocol,
  };
  const wss = new WebSocketServer(wssOptions);
  wss.on('wsClientError', (error, socket, request) =>
    refuse(request, socket, { status: 'request_malformed', detail: error.message }),
  );

  const refusalOf = ({ url, headers }: IncomingMessage): Refusal | undefined => {
    if (url?.split('?')[0] !== path) return { status: 'route_unknown' };
    if (!originAllowed(headers, origins)) return { status: 'origin_not_allowed' };
    const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
    if (headers.upgrade?.toLowerCase() !== 'websocket' || !offered?.includes(subprotocol)) {
      return { status: 'websocket_required', supported: [subprotocol] };
    }
    if (stopping || connections.size >= limits.connectionsMax) return { status: 'realtime_full' };
    return undefined;
  };

  const upgrade: Upgrade = (request, socket, head) => {
    const refusal = refusalOf(request);
    if (refusal) return refuse(request, socket, refusal);
    wss.handleUpgrade(request, socket, head, (ws) => {
      const connection = new Connection(ws, socket, shared);
      connections.add(connection);
      metrics.opened.inc();
      metrics.connections.set(connections.size);
      ws.on('message', (data, isBinary) => connection.message(data as Buffer, isBinary));
      ws.on('ping', () => connection.count());
      // None of them is an answer: we ping with messages of our own.
      ws.on('pong', () => connection.count());
      // The close event follows, with the code that says what was wrong.
      ws.on('error', () => undefined);
      ws.on('close', (code) => {
        connections.delete(connection);
        connection.gone();
        metrics.disconnected(code);
        metrics.connections.set(connections.size);
      });
    });
  };

  const timer = setInterval(() => {
    const now = performance.now();
    let buffered = 0;
    for (const connection of connections) buffered += connection.sweep(now);
    metrics.buffered.set(buffered);
    hub.sweep();
  }, limits.sweepMs);

  const everybody = async (work: (connection: Connection) => void) => {
    let inSlice = 0;
    for (const connection of [...connections]) {
      work(connection);
      if (++inSlice % limits.sliceSockets === 0) await pause(0);
    }
  };

  return {
    upgrade,
    async stop() {
      stopping = true;
      clearInterval(timer);
      await everybody((connection) => connection.close('shutdown'));
      const end = performance.now() + stopMs;
      while (connections.size > 0 && performance.now() < end) await pause(10);
      await everybody((connection) => connection.terminate());
      hub.stop();
    },
  };
}
