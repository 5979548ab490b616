/**
 * The counts as they change: by socket (`holdfast.v1.json` on /v1/realtime), and by polling with its ETag while there is no socket.
 * Values are absolute and ordered by (epoch, version): what is not newer than what was seen is dropped, whichever way it came.
 *
 * States: connecting -> live (welcome, and both channels answered) -> connecting again when the socket closes. After three attempts
 * without a welcome it polls as well, and goes on trying. `over`: the server said not to come back; then it only polls.
 */

const pollMs = 1_000;
const backoffMs = 500;
const backoffMaxMs = 20_000;
const failuresMax = 3;
/** Nothing came for longer than the server's pings are apart: the connection is dead, whatever the browser thinks. */
const graceMs = 10_000;

/**
 * @param {{ event: string, epoch: number, version: number,
 *   onCounts(tiers: Record<string, [available: number, held: number, sold: number, state: string]>): void,
 *   onSale(sale: { saleState: string, opensAt: string | null, closesAt: string | null, halted: boolean,
 *     tiers: { tierId: string, capacity: number }[] }): void,
 *   onFresh(): void,
 *   onState(state: 'live' | 'polling' | 'connecting'): void }} options
 */
export function openFeed({ event, epoch, version, onCounts, onSale, onFresh, onState }) {
  const seen = { avail: { epoch, offset: version }, event: { epoch: 0, offset: 0 } };
  let socket;
  let failures = 0;
  let over = false;
  let live = false;
  let etag;
  let pollTimer;
  let deadTimer;
  let reconnect;

  const newer = (kind, next) => {
    const had = seen[kind];
    if (next.epoch < had.epoch || (next.epoch === had.epoch && next.offset <= had.offset)) return false;
    seen[kind] = { epoch: next.epoch, offset: next.offset };
    return true;
  };
  const tell = () => onState(live ? 'live' : failures >= failuresMax || over ? 'polling' : 'connecting');

  function apply(kind, frame, values) {
    if (!newer(kind, frame)) return;
    if (kind === 'avail') onCounts(values.tiers);
    else onSale(values);
  }

  function heard(text, pingMs) {
    clearTimeout(deadTimer);
    deadTimer = setTimeout(() => socket?.close(), pingMs + graceMs);
    const message = JSON.parse(text);
    if (Object.keys(message).length === 0) return socket.send('{}');
    const frame = message.sub ?? message.pub;
    if (message.welcome) {
      failures = 0;
      socket.send(JSON.stringify({ id: 2, sub: { ch: `avail:${event}`, since: seen.avail } }));
      socket.send(JSON.stringify({ id: 3, sub: { ch: `event:${event}` } }));
      return message.welcome.ping * 1_000;
    }
    if (frame) {
      const kind = frame.ch.startsWith('avail:') ? 'avail' : 'event';
      const values = frame.snapshot ?? frame.data;
      if (values) apply(kind, frame, values);
      if (message.sub && kind === 'avail') goLive(true);
      if (live) onFresh();
    }
    // What the server cannot read at the moment is old, and so are we.
    if (message.status) goLive(message.status.state === 'live');
    if (message.disconnect) reconnect = message.disconnect.reconnect ?? { never: true };
    if (message.error && !message.error.temporary) over = true;
    return undefined;
  }

  function goLive(now) {
    live = now;
    if (live) onFresh();
    tell();
  }

  function connect() {
    if (over) return;
    let pingMs = 25_000;
    let welcomed = false;
    const address = new URL('/v1/realtime', location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    socket = new WebSocket(address, 'holdfast.v1.json');
    socket.onopen = () => socket.send(JSON.stringify({ id: 1, hello: { client: 'page/1.0' } }));
    socket.onmessage = ({ data }) => {
      if (live) onFresh();
      const said = heard(data, pingMs);
      if (said) {
        welcomed = true;
        pingMs = said;
      }
    };
    socket.onclose = ({ code }) => {
      clearTimeout(deadTimer);
      live = false;
      if (!welcomed) failures++;
      if ((code >= 3500 && code < 4000) || reconnect?.never) over = true;
      const bound = Math.min(backoffMaxMs, backoffMs * 2 ** failures);
      const { minMs = 0, maxMs = bound } = reconnect ?? {};
      reconnect = undefined;
      // Every page of a server loses its socket at once: chance keeps them from coming back at once.
      setTimeout(connect, minMs + Math.random() * (maxMs - minMs));
      tell();
    };
  }

  async function poll() {
    if (!live && (failures >= failuresMax || over) && !document.hidden) {
      try {
        const headers = etag ? { 'if-none-match': etag } : {};
        const reply = await fetch(`/v1/events/${event}/availability`, {
          headers,
          signal: AbortSignal.timeout(5_000),
        });
        if (reply.status === 200) {
          etag = reply.headers.get('etag');
          polled(await reply.json());
        }
        if (reply.ok || reply.status === 304) onFresh();
      } catch {
        // The age of what is shown tells that nothing comes; the next round tries again.
      }
    }
    pollTimer = setTimeout(poll, pollMs * (0.8 + 0.4 * Math.random()));
  }

  function polled(found) {
    const frame = { epoch: found.epoch, offset: found.version };
    const counts = found.tiers.map((tier) => [
      tier.tierId,
      [tier.available, tier.held, tier.sold, tier.state],
    ]);
    apply('event', frame, found);
    apply('avail', frame, { tiers: Object.fromEntries(counts) });
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    clearTimeout(pollTimer);
    void poll();
  });
  connect();
  void poll();
  tell();
}
