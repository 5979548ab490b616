/** The live protocol's part of the catalogue of metrics: what goes out over sockets, and how sockets end. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** A value is at most one tick older than this; 250 ms at 10,000 sockets is promised. */
const fanoutSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export type RealtimeMetrics = ReturnType<typeof createRealtimeMetrics>;

/** `kinds` of messages and `codes` of closed sockets are all there are: the labels are bounded, and start at 0. */
export function createRealtimeMetrics(
  registry: Registry,
  { kinds, codes }: { kinds: readonly string[]; codes: readonly string[] },
) {
  const registers = [registry];
  const connections = new Gauge({
    name: 'holdfast_ws_connections',
    help: 'Sockets that are open',
    registers,
  });
  const opened = new Counter({
    name: 'holdfast_ws_connections_opened_total',
    help: 'Sockets that were opened',
    registers,
  });
  const disconnects = new Counter({
    name: 'holdfast_ws_disconnects_total',
    help: 'Sockets that ended, by close code; other is a code of the client',
    labelNames: ['code'],
    registers,
  });
  for (const code of codes) disconnects.inc({ code }, 0);
  // Counted in plain numbers and handed over when somebody asks: with ten thousand sockets this runs forty thousand times a second.
  const counted: Record<string, number> = Object.fromEntries(kinds.map((kind) => [kind, 0]));
  new Counter({
    name: 'holdfast_ws_messages_sent_total',
    help: 'Messages written to sockets, by kind',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset();
      for (const [kind, messages] of Object.entries(counted)) this.inc({ kind }, messages);
    },
  });
  const recoveries = new Counter({
    name: 'holdfast_ws_recoveries_total',
    help: 'Subscriptions of clients that came back, by whether what they had was still right',
    labelNames: ['recovered'],
    registers,
  });
  for (const recovered of ['true', 'false']) recoveries.inc({ recovered }, 0);
  const fanoutLag = new Histogram({
    name: 'holdfast_ws_fanout_lag_seconds',
    help: 'Time from the read of a snapshot until it was written to the last socket of a channel',
    buckets: fanoutSeconds,
    registers,
  });
  const slowConsumers = new Counter({
    name: 'holdfast_ws_slow_consumers_total',
    help: 'Times that a socket fell behind and got the latest value only',
    registers,
  });
  const buffered = new Gauge({
    name: 'holdfast_ws_buffered_bytes',
    help: 'Bytes that wait for clients to read them',
    registers,
  });
  const known = new Set(codes);
  return {
    connections,
    opened,
    recoveries,
    fanoutLag,
    slowConsumers,
    buffered,
    sent: (kind: string) => {
      counted[kind] = (counted[kind] ?? 0) + 1;
    },
    disconnected: (code: number) =>
      disconnects.inc({ code: known.has(String(code)) ? String(code) : 'other' }),
  };
}
