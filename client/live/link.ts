/**
 * Keeps one connection up while it is wanted:
 *
 *   idle       -> connecting   it is wanted
 *   connecting -> open         welcomed
 *   connecting, open -> waiting     over: a random wait, the longer the more often in a row
 *   waiting    -> connecting   the wait is over
 *   connecting, open -> refused     the server does not want us back, and we do not come by ourselves
 *   any        -> idle         not wanted any more
 *
 * `refused` is also where a client begins that has no WebSocket.
 */
import { backoffMs, type Timer } from '../clock.ts';
import type { Shared } from '../options.ts';
import type { ServerMessage } from './protocol.ts';
import { type Connection, connect, type End, type Welcome } from './socket.ts';

export type Phase = 'idle' | 'connecting' | 'open' | 'waiting' | 'refused';

export type LinkUser = {
  opened(welcome: Welcome): void;
  message(message: ServerMessage): void;
  /** The connection is over, whatever comes next. */
  lost(): void;
};

export class Link {
  readonly #shared: Shared;
  readonly #user: LinkUser;
  #connection: Connection | undefined;
  #timer: Timer | undefined;
  #closing: Promise<unknown> = Promise.resolve();
  #session: string | undefined;
  #openedAt: number | undefined;
  /** Ends in a row of connections that did not last. */
  #losses = 0;
  phase: Phase = 'idle';
  /** Attempts in a row without a welcome. */
  failures = 0;
  /** Why the server refused us. */
  reason: string | undefined;

  constructor(shared: Shared, user: LinkUser) {
    this.#shared = shared;
    this.#user = user;
    if (!shared.WebSocket) this.phase = 'refused';
  }

  start(): void {
    if (this.phase === 'idle') this.#connect();
  }

  /** Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    if (this.phase !== 'refused') this.phase = 'idle';
    this.#timer?.cancel();
    const connection = this.#connection;
    this.#connection = undefined;
    this.#openedAt = undefined;
    this.failures = 0;
    if (connection) this.#closing = Promise.all([this.#closing, connection.close()]);
    await this.#closing;
  }

  send(message: object): void {
    this.#connection?.send(message);
  }

  #connect(): void {
    const { WebSocket, clock } = this.#shared;
    if (!WebSocket) return;
    this.phase = 'connecting';
    this.#connection = connect(this.#shared, WebSocket, this.#session, {
      welcomed: (welcome) => {
        this.phase = 'open';
        this.failures = 0;
        this.#openedAt = clock.now();
        this.#session = welcome.session;
        this.#user.opened(welcome);
      },
      message: (message) => this.#user.message(message),
      over: (end) => this.#over(end),
    });
  }

  #over(end: End): void {
    const { clock, limits } = this.#shared;
    const openedAt = this.#openedAt;
    this.#connection = undefined;
    this.#openedAt = undefined;
    if (openedAt === undefined) this.failures += 1;
    else if (clock.now() - openedAt >= limits.stableMs) this.#losses = 0;
    if (end.final) {
      this.phase = 'refused';
      this.reason = end.reason;
    } else {
      this.phase = 'waiting';
      this.#timer = clock.after(this.#waitMs(end), () => this.#connect());
      this.#losses += 1;
    }
    this.#user.lost();
  }

  #waitMs({ reconnect }: End): number {
    const { clock, limits } = this.#shared;
    if (reconnect) return reconnect.minMs + clock.random() * (reconnect.maxMs - reconnect.minMs);
    const bounds = { baseMs: limits.reconnectBaseMs, maxMs: limits.reconnectMaxMs };
    return backoffMs(this.#losses, bounds, clock.random);
  }
}
