/**
 * P8: fan-out. Sockets on one server, all on one event, which moves four times a second because people reserve on the same server
 * over HTTP; sender, receiver and load are processes of their own. Against it: the same load without sockets, and a
 * plain server that writes the same bytes to as many connections.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { subprotocol } from '../src/realtime/protocol.ts';
import type { LoadResult } from './drivers/http-load.ts';
import { cpuMs } from './lib/cpu-time.ts';
import { gather, type Listening, rssKb } from './lib/crowd.ts';
import { writeTokens } from './lib/http-sides.ts';
import { httpLoad, startServer } from './lib/processes.ts';
import type { Benchmark, Gate } from './lib/report.ts';
import { type OnSale, putOnSale, startStack } from './lib/stack.ts';
import { percentile } from './lib/statistics.ts';

const capacity = 10_000_000;
const rate = 200;
const connections = 20;
const settleMs = 2_000;

type Served = { url: string; pid: number };

export const p8: Benchmark = {
  name: 'p8-fanout',
  title: 'Fan-out: 10,000 sockets on one process at four updates a second',
  async run({ quick }) {
    const sockets = quick ? 500 : 10_000;
    const seconds = quick ? 5 : 20;
    const stack = await startStack();
    try {
      // Nobody pings within the run: whatever arrives is a value.
      const served = await stack.serve({ WS_PING_SECONDS: '300' });
      const sale = await putOnSale(served.url, stack.keys.admin, capacity);
      const tokensFile = writeTokens(stack.keys.session);
      const load = () => loaded(served, sale, tokensFile, seconds);
      await load();
      const alone = await load();
      const before = rssKb(served.pid);
      const crowd = await gather({ ...where(served.url), sockets, ch: `avail:${sale.event}`, subprotocol });
      const { with: crowded, heard } = await listen(crowd, load);
      const socketKb = (rssKb(served.pid) - before) / sockets;
      const length = Math.round(heard.bytes / Math.max(1, heard.messages));
      const floor = await raw(sockets, length, seconds);
      const messageUs = ((crowded.serverMs - alone.serverMs) * 1000) / heard.messages;
      const p99 = percentile(heard.spreadMs, 99);
      return {
        settings: { sockets, seconds, 'reserves a second': rate, 'bytes a message': length },
        figures: [
          {
            side: 'without sockets',
            'HTTP p50 ms': alone.p50Ms,
            'HTTP p99 ms': alone.p99Ms,
            'server CPU ms': alone.serverMs,
          },
          {
            side: 'with sockets',
            'HTTP p50 ms': crowded.p50Ms,
            'HTTP p99 ms': crowded.p99Ms,
            'server CPU ms': crowded.serverMs,
          },
          {
            side: 'fan-out',
            messages: heard.messages,
            'updates everybody had': heard.whole,
            'read to last byte p50 ms': percentile(heard.spreadMs, 50),
            'p99 ms': p99,
            'CPU us a message': messageUs,
          },
          { side: 'raw socket write', messages: floor.messages, 'CPU us a message': floor.messageUs },
        ],
        gates: [
          {
            what: 'snapshot read to last byte received, p99',
            value: p99,
            bound: 'at most',
            gate: 750,
            goal: 250,
            unit: 'ms',
          },
          {
            what: 'HTTP p99 with sockets over without',
            value: crowded.p99Ms / alone.p99Ms,
            bound: 'at most',
            gate: 3,
            unit: 'times',
          },
          // Of some thousand messages it is the difference of two small numbers.
          ...(quick ? [] : [cpuGate(messageUs / floor.messageUs)]),
          { what: 'RSS a socket', value: socketKb, bound: 'at most', gate: 20, unit: 'KB' },
        ],
      };
    } finally {
      await stack.stop();
    }
  },
};

function cpuGate(value: number): Gate {
  return {
    what: 'CPU a message over a raw socket write',
    value,
    bound: 'at most',
    gate: 1.25,
    unit: 'times',
  };
}

function where(url: string) {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

type Loaded = LoadResult & { serverMs: number };

async function loaded(
  { url, pid }: Served,
  { event, tier }: OnSale,
  tokensFile: string,
  seconds: number,
): Promise<Loaded> {
  const before = cpuMs(pid);
  const run = String(performance.now());
  const result = await httpLoad({ url, event, tier, tokensFile, connections, seconds, rate, run });
  if (result.other > 0 || result.errors > 0)
    throw new Error(`not every answer was 201: ${JSON.stringify(result)}`);
  return { ...result, serverMs: cpuMs(pid) - before };
}

async function listen(crowd: Listening, load: () => Promise<Loaded>) {
  await pause(settleMs);
  const crowded = await load();
  await pause(settleMs);
  return { with: crowded, heard: await crowd.heard() };
}

async function raw(sockets: number, length: number, seconds: number) {
  const server = await startServer('raw-writer', [String(length)]);
  try {
    const crowd = await gather({ ...where(server.url), sockets, subprotocol });
    await pause(settleMs);
    const before = cpuMs(server.pid);
    await pause(seconds * 1000);
    const used = cpuMs(server.pid) - before;
    await crowd.heard();
    // What was written while the crowd gathered and settled is heard too, so it is the known rate that counts.
    const messages = sockets * 4 * seconds;
    return { messages, messageUs: (used * 1000) / messages };
  } finally {
    await server.stop();
  }
}
