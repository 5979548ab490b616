/**
 * Requests as a careful client sends them: over connections that are kept, each within a bound of time, and again under the
 * same Idempotency-Key as long as nobody knows what became of them. That is no error; it is what a network is like.
 */
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTurns } from './turns.ts';

/** `status` 0: no answer came (refused, cut off, too late). `code`: of a problem. `ms`: from when its turn had come. */
export type Reply = {
  status: number;
  code: string;
  body: unknown;
  /** The server had answered this very request before. */
  replayed: boolean;
  ms: number;
  /** performance.now() when it was sent; of a request that was repeated, when it was first. */
  sentAt: number;
  retryAfterMs: number;
};

/** `atDoor`: of somebody who is not in yet, see turns.ts. `wanted`: asked when its turn has come; a request that nobody wants by then is not sent, and is told as `notSent`. */
export type Ask = { token?: string; key?: string; body?: object; wanted?: () => boolean; atDoor?: boolean };

export type Http = {
  url: string;
  ask(method: string, path: string, options?: Ask): Promise<Reply>;
  /**
   * Again until it is known what became of it, or until `until` (performance.now()) has passed. What has been sent once is
   * wanted to the end.
   */
  insist(method: string, path: string, options: Ask, until: number): Promise<Reply>;
  counts: { requests: number; retries: number; faults: number };
  /** Waiting times of answered requests, ms. */
  times: number[];
  close(): void;
};

/** More would only wait in the server's queue; the fans wait for one of these instead. */
const connectionsMax = 64;
const answerMs = 5_000;
const retryMs = { first: 100, most: 2_000 };

export function createHttp(url: string, random: () => number): Http {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  const turn = createTurns(connectionsMax);
  const counts: Http['counts'] = { requests: 0, retries: 0, faults: 0 };
  const times: number[] = [];

  const ask: Http['ask'] = async (method, path, options = {}) => {
    const done = await turn(options.atDoor ?? false);
    if (options.wanted?.() === false) {
      done();
      return notSent;
    }
    counts.requests += 1;
    const reply = await send(agent, method, url + path, options).finally(done);
    if (reply.status !== 0) times.push(reply.ms);
    if (reply.status >= 500 && reply.status !== 503) counts.faults += 1;
    return reply;
  };

  return {
    url,
    ask,
    counts,
    times,
    async insist(method, path, options, until) {
      let sentAt: number | undefined;
      for (let tries = 0; ; tries++) {
        const reply = await ask(method, path, tries === 0 ? options : { ...options, wanted: () => true });
        sentAt ??= reply.sentAt;
        if (reply === notSent) return reply;
        if (!isUndecided(reply) || performance.now() > until) return { ...reply, sentAt };
        counts.retries += 1;
        // Full jitter: what failed at once must not come back at once.
        const backoff = random() * Math.min(retryMs.most, retryMs.first * 2 ** tries);
        await sleep(Math.min(retryMs.most, Math.max(backoff, reply.retryAfterMs * random())));
      }
    },
    close: () => agent.destroy(),
  };
}

export const notSent: Reply = {
  status: 0,
  code: 'not_sent',
  body: undefined,
  replayed: false,
  ms: 0,
  sentAt: 0,
  retryAfterMs: 0,
};

/** Nothing was decided, or nobody knows: the same request may be sent again. */
export function isUndecided({ status, code }: Reply): boolean {
  return status === 0 || status === 429 || status >= 500 || code === 'idempotency_key_running';
}

function send(agent: Agent, method: string, address: string, options: Ask): Promise<Reply> {
  const text = options.body === undefined ? undefined : JSON.stringify(options.body);
  return new Promise((resolve) => {
    const sentAt = performance.now();
    const done = (status: number, body: unknown, headers: IncomingMessage['headers'] = {}) =>
      resolve({
        status,
        body,
        code: status >= 400 ? codeOf(body) : '',
        replayed: headers['idempotency-replayed'] === 'true',
        ms: performance.now() - sentAt,
        sentAt,
        retryAfterMs: Number(headers['retry-after'] ?? 0) * 1_000 || 0,
      });
    const sent = request(address, { method, agent, headers: headersOf(options, text) }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => done(response.statusCode ?? 0, parsed(body), response.headers));
      response.on('error', () => done(0, undefined));
    });
    sent.setTimeout(answerMs, () => sent.destroy(new Error('too late')));
    sent.on('error', () => done(0, undefined));
    sent.end(text);
  });
}

function headersOf({ token, key }: Ask, text: string | undefined) {
  return {
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
}

function codeOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : 'unknown';
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
