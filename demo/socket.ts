/** One socket to the live protocol (docs/protocol.md), subscribed to what is left of one event. */
import { WebSocket } from 'ws';

export type Values = Map<string, { available: number; held: number; sold: number }>;
/** Ordered by epoch, then offset. */
export type State = { epoch: number; offset: number; values: Values };

export type SocketEvents = {
  /** The server's clock, Unix ms. */
  welcome(serverNow: number): void;
  /** `ts`: as of when, Unix ms by the server's clock; undefined for the answer to the subscription. */
  state(state: State, ts: number | undefined): void;
  /** The handshake was answered with this status instead. */
  refused(status: number): void;
  /** The handshake is over, whether it worked or not; before `ended`. */
  settled(): void;
  ended(): void;
};

export type Socket = { isOpen(): boolean; end(): void };

const handshakeMs = 10_000;

type Row = [available: number, held: number, sold: number, state: string];
type Message = {
  welcome?: { serverNow: string };
  sub?: { epoch: number; offset: number; recovered: boolean; snapshot?: { tiers: Record<string, Row> } };
  pub?: { epoch: number; offset: number; ts: string; data: { tiers: Record<string, Row> } };
  error?: { code: string; temporary: boolean };
};

/** `since`: what is known already, and answered with nothing when it is still right. */
export function openSocket(
  address: string,
  event: string,
  since: State | undefined,
  events: SocketEvents,
): Socket {
  const socket = new WebSocket(address, ['holdfast.v1.json'], {
    perMessageDeflate: false,
    handshakeTimeout: handshakeMs,
  });
  socket.once('open', () => {
    events.settled();
    const known = since && { since: { epoch: since.epoch, offset: since.offset } };
    socket.send('{"id":1,"hello":{"client":"demo/1"}}');
    socket.send(JSON.stringify({ id: 2, sub: { ch: `avail:${event}`, ...known } }));
  });
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    if (text === '{}') return socket.send('{}');
    const message = JSON.parse(text) as Message;
    if (message.welcome) events.welcome(Date.parse(message.welcome.serverNow));
    // A server that has just started cannot read everything yet: who stayed would be told nothing for ever.
    if (message.error) return socket.terminate();
    const state = message.sub?.recovered ? since : stateOf(message);
    if (state) events.state(state, message.pub && Date.parse(message.pub.ts));
  });
  socket.on('unexpected-response', (request, response) => {
    events.refused(response.statusCode ?? 0);
    response.resume();
    request.destroy();
    socket.terminate();
  });
  // What went wrong is followed by `close`.
  socket.on('error', () => undefined);
  socket.once('close', () => {
    events.settled();
    events.ended();
  });
  return { isOpen: () => socket.readyState === WebSocket.OPEN, end: () => socket.terminate() };
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

export function isOlder(a: State, b: State): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.offset < b.offset);
}
