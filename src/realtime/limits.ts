/** Every number of the live protocol, in one place. Those with a setting come from the configuration. */
export type RealtimeLimits = {
  /** How often a channel moves at most, ms. */
  tickMs: number;
  /** From one `{}` of the server to the next, ms. */
  pingMs: number;
  /** The answer to `{}` must come within this, ms. */
  pongMs: number;
  /** The hello must come within this, ms. */
  helloMs: number;
  /** Sockets of this server. */
  connectionsMax: number;
  /** Sockets of one session, as far as their hello said whose they are. */
  connectionsPerUserMax: number;
  subscriptionsMax: number;
  /** A message from the client. */
  messageBytesMax: number;
  /** Messages from the client: so many in ten seconds in the long run, and so many at once. */
  messagesPerTenSeconds: number;
  messagesBurst: number;
  /** Unread bytes from which on a socket gets the latest value only once it has caught up. */
  dirtyBytes: number;
  /** Unread bytes at which a socket is cut. */
  bufferBytesMax: number;
  /** A socket that stays dirty for so long is cut, ms. */
  stalledMs: number;
  /** How long an event is watched on after its last subscriber left: who subscribes again costs no read. */
  lingerMs: number;
  /** A subscription waits this long for the first values of its event, ms. */
  firstReadMs: number;
  /** Sockets written to in one turn of the event loop: less than 1 ms, so that HTTP of this process goes on between. */
  sliceSockets: number;
  /** A closing handshake may take this long before the socket is cut, ms. */
  closeMs: number;
  /** How often pings, pongs, stalled sockets and deserted events are looked after, ms. */
  sweepMs: number;
  /** When the server stops, its sockets come back elsewhere spread over this time, ms. */
  reconnectSpreadMs: number;
};

export const defaultRealtimeLimits: RealtimeLimits = {
  tickMs: 250,
  pingMs: 25_000,
  pongMs: 10_000,
  helloMs: 10_000,
  // Below the connections of the HTTP server, so that requests find room beside full sockets.
  connectionsMax: 15_000,
  connectionsPerUserMax: 6,
  subscriptionsMax: 50,
  messageBytesMax: 4 * 1024,
  messagesPerTenSeconds: 20,
  // Hello and 50 subscriptions of a client that comes back must fit at once.
  messagesBurst: 60,
  dirtyBytes: 64 * 1024,
  bufferBytesMax: 1024 * 1024,
  stalledMs: 10_000,
  lingerMs: 10_000,
  firstReadMs: 5_000,
  // A write costs about 15 us: a request that waits for a slice waits less than a millisecond.
  sliceSockets: 50,
  closeMs: 5_000,
  sweepMs: 1_000,
  reconnectSpreadMs: 30_000,
};
