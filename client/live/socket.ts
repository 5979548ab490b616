/**
 * One connection, from the first byte to its one end:
 *
 *   connecting -> open   the server welcomed us, within `connectTimeoutMs`
 *   any        -> over   it was closed, said nothing for too long, or spoke what is no message
 *
 * `over` is told once and at once: a dead connection's own closing may take minutes, and nobody waits for it.
 */
import type { Shared } from '../options.ts';
import { finalFrom, path, readMessage, type ServerMessage, subprotocol } from './protocol.ts';

/** Assignable from both a browser's socket and the package ws. */
type Handler<Event> = { handle(event: Event): void }['handle'];

export type SocketLike = {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** Of the package ws: without waiting for the other side. */
  terminate?(): void;
  onopen: Handler<unknown> | null;
  onmessage: Handler<{ data: unknown }> | null;
  onclose: Handler<{ code: number }> | null;
  onerror: Handler<unknown> | null;
};
export type WebSocketConstructor = new (url: string, protocols: string) => SocketLike;

export type Welcome = NonNullable<ServerMessage['welcome']>;

export type End = {
  code: number;
  /** As the server says it; undefined where it said nothing. */
  reason: string | undefined;
  /** The server asked not to be come back to. */
  final: boolean;
  /** When it asked to be come back to. */
  reconnect: { minMs: number; maxMs: number } | undefined;
};

export type Connection = {
  /** Passed over once the connection is over. */
  send(message: object): void;
  /** Resolves when nothing of it is left, `closeTimeoutMs` at most. `over` is not told. */
  close(): Promise<void>;
};

export type Heard = {
  welcomed(welcome: Welcome): void;
  message(message: ServerMessage): void;
  over(end: End): void;
};

export function connect(
  shared: Shared,
  WebSocket: WebSocketConstructor,
  session: string | undefined,
  heard: Heard,
): Connection {
  const { clock, limits, token, name } = shared;
  const ws = new WebSocket(shared.baseUrl.replace(/^http/, 'ws') + path, subprotocol);
  let isOver = false;
  let isOpen = false;
  let lastAt = clock.now();
  let silenceMs = limits.connectTimeoutMs;
  let farewell: ServerMessage['disconnect'];
  let closed: (() => void) | undefined;

  const over = (code: number) => {
    if (isOver) return;
    isOver = true;
    timer.cancel();
    const last = farewell?.code ?? code;
    const final = last >= finalFrom && last < 4_000;
    heard.over({ code: last, reason: farewell?.reason, final, reconnect: farewell?.reconnect });
  };
  const drop = (code: number) => {
    over(code);
    if (ws.terminate) ws.terminate();
    else ws.close();
  };
  // One timer that is late by nature, rather than one set anew with each message.
  const watch = () => {
    const left = lastAt + silenceMs - clock.now();
    if (left <= 0) return drop(1_006);
    timer = clock.after(left, watch);
  };
  let timer = clock.after(silenceMs, watch);

  const hear = (text: string) => {
    if (isOpen) lastAt = clock.now();
    const message = readMessage(text);
    if (!message) return drop(1_002);
    if (text === '{}') ws.send('{}');
    else if (message.welcome) {
      isOpen = true;
      lastAt = clock.now();
      silenceMs = (message.welcome.ping * 1_000 || limits.heartbeatMs) + limits.heartbeatGraceMs;
      timer.cancel();
      timer = clock.after(silenceMs, watch);
      heard.welcomed(message.welcome);
    } else if (message.disconnect) farewell = message.disconnect;
    else heard.message(message);
  };

  ws.onopen = () => {
    if (isOver) return ws.close();
    const known = token === undefined ? {} : { token };
    const before = session === undefined ? {} : { resume: { session } };
    ws.send(JSON.stringify({ id: 1, hello: { client: name.slice(0, 100), ...known, ...before } }));
  };
  ws.onmessage = ({ data }) => {
    if (!isOver) hear(typeof data === 'string' ? data : '');
  };
  ws.onclose = ({ code }) => {
    over(code);
    closed?.();
  };
  // A close follows; without a listener the package ws would throw.
  ws.onerror = () => undefined;

  return {
    send(message) {
      if (!isOver) ws.send(JSON.stringify(message));
    },
    close() {
      if (isOver) return Promise.resolve();
      isOver = true;
      timer.cancel();
      return new Promise((resolve) => {
        const late = clock.after(limits.closeTimeoutMs, () => {
          ws.terminate?.();
          resolve();
        });
        closed = () => {
          late.cancel();
          resolve();
        };
        ws.close(1_000);
      });
    },
  };
}
