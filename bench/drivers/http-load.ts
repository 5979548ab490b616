/**
 * The load: one autocannon in a process of its own. Every request is a reserve with an Idempotency-Key of its own and one of
 * some thousand session tokens; every side is sent the same. argv: JSON of Load; answers JSON of LoadResult.
 */
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

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

const load = JSON.parse(process.argv[2] ?? '') as Load;
const tokens = (JSON.parse(readFileSync(load.tokensFile, 'utf8')) as string[]).map(
  (token) => `Bearer ${token}`,
);
const body = JSON.stringify({ items: [{ tierId: load.tier, quantity: 1 }] });
let count = 0;

const result = await autocannon({
  url: load.url,
  connections: load.connections,
  duration: load.seconds,
  ...(load.rate > 0 ? { overallRate: load.rate } : {}),
  requests: [
    {
      method: 'POST',
      path: `/v1/events/${load.event}/holds`,
      setupRequest(request) {
        count += 1;
        return {
          ...request,
          body,
          headers: {
            'content-type': 'application/json',
            authorization: tokens[count % tokens.length] ?? '',
            'idempotency-key': `${load.run}-${count}`,
          },
        };
      },
    },
  ],
});
const codes = result.statusCodeStats as Record<string, { count: number }>;
const created = codes['201']?.count ?? 0;
const answers = Object.values(codes).reduce((total, { count: answered }) => total + answered, 0);
const answer: LoadResult = {
  created,
  other: answers - created,
  errors: result.errors + result.timeouts,
  seconds: result.duration,
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
};
process.stdout.write(JSON.stringify(answer));
