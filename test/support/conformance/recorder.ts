/**
 * Hears every answer that a Holdfast server of this process gives, to whomever and by whatever client, and judges it by the OpenAPI
 * document. It listens to Node's own http module, so no test and no route can pass it by.
 *
 * Loaded in two places: by every test file (vitest.config.ts), whose tests fail on the spot, and by every program that a test
 * starts (test/support/holdfast.ts), which writes what it found into the folder that HOLDFAST_TEST_ANSWERS names.
 */
import { channel, subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Exchange } from './document.ts';

type Started = { request: IncomingMessage; response: ServerResponse; server: object };

const ours = new WeakSet<object>();
const found: string[] = [];
let heard = 0;
let judged: Promise<unknown> = Promise.resolve();

/** How many answers were judged so far in this process. */
export const answersHeard = () => heard;

/** What was wrong since this was last asked, once everything heard so far is judged. */
export async function takeFaults(): Promise<string[]> {
  await judged;
  return found.splice(0);
}

// Importing this file twice must not judge twice.
const key = Symbol.for('holdfast.test.recorder');
const shared = globalThis as unknown as Record<symbol, boolean>;
if (!shared[key]) {
  shared[key] = true;
  subscribe('holdfast:http:server', (message) => ours.add((message as { server: object }).server));
  subscribe('http.server.request.start', (message) => {
    const { request, response, server } = message as Started;
    if (ours.has(server)) listen(request, response);
  });
}

function listen(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown, encoding: unknown) => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk, encoding as BufferEncoding));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const heads = new Map<string, string>();
  const { write, end, writeHead } = response;
  response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    for (const [name, value] of headersIn(args.at(-1))) heads.set(name.toLowerCase(), value);
    return Reflect.apply(writeHead, this, args);
  } as typeof writeHead;
  response.write = function (this: ServerResponse, ...args: unknown[]) {
    keep(args[0], args[1]);
    return Reflect.apply(write, this, args);
  } as typeof write;
  response.end = function (this: ServerResponse, ...args: unknown[]) {
    keep(args[0], args[1]);
    return Reflect.apply(end, this, args);
  } as typeof end;
  response.once('finish', () => {
    const set = Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)] as const);
    const exchange: Exchange = {
      method: request.method ?? '',
      target: request.url ?? '',
      status: response.statusCode,
      headers: { ...Object.fromEntries(set), ...Object.fromEntries(heads) },
      body: request.method === 'HEAD' ? Buffer.alloc(0) : Buffer.concat(chunks),
    };
    heard += 1;
    judged = judged.then(() => judge(exchange));
  });
}

/** Of writeHead: an object, or names and values in one list. */
function headersIn(given: unknown): [string, string][] {
  if (Array.isArray(given)) {
    const flat = given.flat() as unknown[];
    return flat.flatMap((name, at) => (at % 2 === 0 ? [[String(name), String(flat[at + 1])]] : []));
  }
  if (typeof given !== 'object' || given === null) return [];
  return Object.entries(given).map(([name, value]) => [name, String(value)]);
}

/** The judge is loaded with the first answer: a command that serves nothing starts as fast as ever. */
async function judge(exchange: Exchange): Promise<void> {
  const { faultsOf } = await import('./document.ts');
  const faults = faultsOf(exchange);
  const folder = process.env['HOLDFAST_TEST_ANSWERS'];
  if (process.env['VITEST_WORKER_ID'] !== undefined || !folder) found.push(...faults);
  else if (faults.length > 0) {
    appendFileSync(join(folder, `${process.pid}.txt`), faults.map((fault) => `${fault}\n`).join(''));
  }
}

/** For a test of the recorder itself: judges the answers of any server. */
export function announce(server: object): void {
  channel('holdfast:http:server').publish({ server });
}
