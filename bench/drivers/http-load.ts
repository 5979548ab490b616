/**
 * The load: keep-alive connections from a process of its own, one request at a time on each. Every request is a reserve with an
 * Idempotency-Key of its own and one of some thousand session tokens; every side is sent the same. Written on sockets because
 * the generator shares two cores with what it measures: a general one took as much processor time for a request as the server,
 * and hid half of every difference. argv: JSON of Load; answers JSON of LoadResult.
 */
import { readFileSync } from 'node:fs';
import { percentile } from '../lib/statistics.ts';
import { runLanes } from './lanes.ts';

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

const { url, event, tier, tokensFile, connections, seconds, rate, run } = JSON.parse(
  process.argv[2] ?? '',
) as Load;
const tokens = JSON.parse(readFileSync(tokensFile, 'utf8')) as string[];
const body = JSON.stringify({ items: [{ tierId: tier, quantity: 1 }] });
const head = `POST /v1/events/${event}/holds HTTP/1.1\r\nhost: ${new URL(url).host}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`;
const endsAt = performance.now() + seconds * 1000;
let made = 0;

function nextRequest(): string | undefined {
  if (performance.now() >= endsAt) return undefined;
  made += 1;
  const token = tokens[made % tokens.length] ?? '';
  return `${head}authorization: Bearer ${token}\r\nidempotency-key: ${run}-${made}\r\n\r\n${body}`;
}

const answered = await runLanes({ url, connections, rate, next: nextRequest });
const created = answered.statuses.get(201) ?? 0;
const answer: LoadResult = {
  created,
  other: answered.waitsMs.length - created,
  errors: answered.errors,
  seconds: answered.seconds,
  p50Ms: percentile(answered.waitsMs, 50),
  p99Ms: percentile(answered.waitsMs, 99),
};
process.stdout.write(JSON.stringify(answer));
