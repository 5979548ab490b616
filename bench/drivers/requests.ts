/** Sends prepared requests, each once, at a rate. argv: JSON of Requests; answers JSON of RequestsResult. */
import { readFileSync } from 'node:fs';
import { percentile } from '../lib/statistics.ts';
import { runLanes } from './lanes.ts';

export type Requests = {
  url: string;
  /** A JSON array of whole requests: thousands are too long for an argument. */
  file: string;
  connections: number;
  /** A second, in all. */
  rate: number;
};

export type RequestsResult = {
  statuses: Record<string, number>;
  errors: number;
  seconds: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
};

const { url, file, connections, rate } = JSON.parse(process.argv[2] ?? '') as Requests;
const requests = JSON.parse(readFileSync(file, 'utf8')) as string[];
let at = 0;
const answered = await runLanes({ url, connections, rate, next: () => requests[at++] });
const { errors, seconds, statuses, waitsMs } = answered;
const answer: RequestsResult = {
  statuses: Object.fromEntries(statuses),
  errors,
  seconds,
  p50Ms: percentile(waitsMs, 50),
  p95Ms: percentile(waitsMs, 95),
  p99Ms: percentile(waitsMs, 99),
};
process.stdout.write(JSON.stringify(answer));
