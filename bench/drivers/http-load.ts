/**
 * The load: keep-alive connections from a process of its own, one request at a time on each. Every request is a reserve with an
 * Idempotency-Key of its own and one of some thousand session tokens; every side is sent the same. Written on sockets because
 * the generator shares two cores with what it measures: a general one took as much processor time for a request as the server,
 * and hid half of every difference. argv: JSON of Load; answers JSON of LoadResult.
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '../lib/statistics.ts';
import { AnswerReader } from './answer-reader.ts';

export type Load = {
  url: string;
  event: string;
  tier: string;
  tokensFile: string;
  connections: number;
  seconds: number;
  /** Requests a second in all; 0 is as many as go. */
  rate: number;
  /** Makes the keys of this run its own. */
  run: string;
};

export type LoadResult = {
  created: number;
  other: number;
  errors: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
};

const answerMs = 10_000;

const load = JSON.parse(process.argv[2] ?? '') as Load;
const { hostname, port, host } = new URL(load.url);
const tokens = JSON.parse(readFileSync(load.tokensFile, 'utf8')) as string[];
const body = JSON.stringify({ items: [{ tierId: load.tier, quantity: 1 }] });
const head = `POST /v1/events/${load.event}/holds HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`;

let sent = 0;
let created = 0;
let other = 0;
let errors = 0;
const waits: number[] = [];
const startedAt = performance.now();
const endsAt = startedAt + load.seconds * 1000;

function nextRequest(): string {
  sent += 1;
  const token = tokens[sent % tokens.length] ?? '';
  return `${head}authorization: Bearer ${token}\r\nidempotency-key: ${load.run}-${sent}\r\n\r\n${body}`;
}

/** When the next request may be sent, so that all connections together keep the rate: ms from now. */
function untilNext(): number {
  if (load.rate === 0) return 0;
  return startedAt + (sent * 1000) / load.rate - performance.now();
}

function lane(): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect(Number(port), hostname);
    const answers = new AnswerReader();
    let sentAt = 0;
    const end = () => {
      socket.destroy();
      resolve();
    };
    const send = async () => {
      for (let wait = untilNext(); wait > 0; wait = untilNext()) await pause(wait);
      if (performance.now() >= endsAt) return end();
      sentAt = performance.now();
      socket.write(nextRequest(), 'latin1');
    };
    const failed = () => {
      errors += 1;
      end();
    };
    socket.setNoDelay(true);
    socket.setTimeout(answerMs, failed);
    socket.on('error', failed);
    socket.on('end', failed);
    socket.on('connect', () => void send());
    socket.on('data', (bytes: Buffer) => {
      const status = answers.read(bytes);
      if (status === undefined) return;
      waits.push(performance.now() - sentAt);
      if (status === 201) created += 1;
      else other += 1;
      void send();
    });
  });
}

await Promise.all(Array.from({ length: load.connections }, lane));
const answer: LoadResult = {
  created,
  other,
  errors,
  seconds: (performance.now() - startedAt) / 1000,
  p50Ms: percentile(waits, 50),
  p99Ms: percentile(waits, 99),
};
process.stdout.write(JSON.stringify(answer));
