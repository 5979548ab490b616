/** The one server: the API under /v1, the pages under /pay, and what tests in other processes do under /_sandbox. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StripeFault } from '../core/errors.ts';
import { answerPage } from '../pages/routes.ts';
import { answerApi, type Site } from './api.ts';
import { answerControl, type Controlled } from './controls.ts';

const bodyBytesMax = 1024 * 1024;
const bodyMs = 30_000;

export async function listen(
  makeSite: (url: string) => Site & Controlled,
  where: { host: string; port: number },
) {
  let site: (Site & Controlled) | undefined;
  const server = createServer((request, response) => {
    if (site === undefined) response.destroy();
    else void answer(site, request, response).catch((error: unknown) => broken(response, error));
  });
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = bodyMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where.port, where.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${where.host.includes(':') ? `[${where.host}]` : where.host}:${port}`;
  site = makeSite(url);
  return { url, port, close: () => close(server) };
}

async function answer(
  site: Site & Controlled,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const body = await readBody(request);
  if (body === null) {
    response.writeHead(413, { Connection: 'close' }).end();
    return;
  }
  if (path.startsWith('/v1/')) await answerApi(site, request, response, { path, query, body });
  else if (path.startsWith('/_sandbox/')) answerControl(site, request, response, { path, body });
  else if (path.startsWith('/pay/'))
    answerPage(site, response, { method: request.method ?? 'GET', path, query, body });
  else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found\n');
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > bodyBytesMax) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A mistake of the sandbox itself: said aloud, because it is none of the faults that were asked for. */
function broken(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) return;
  const message =
    error instanceof StripeFault ? error.message : String(error instanceof Error ? error.stack : error);
  response.writeHead(500, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ error: { type: 'api_error', message: `The sandbox failed: ${message}` } }));
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
