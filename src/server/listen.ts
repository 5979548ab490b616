/**
 * The socket side of the edge: bounds on time and connections, answers to what is not HTTP, and a stop in the order
 * people feel it (say not ready, accept no more, let requests in flight finish, then cut).
 */
import { channel } from 'node:diagnostics_channel';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { type RefusalCode, refusals } from '../domain/refusals.ts';
import { isAmbiguous } from './ambiguous.ts';
import type { Edge } from './edge.ts';
import { createHttpApp } from './http.ts';
import { problem } from './problem.ts';
import { traceIdOf } from './trace.ts';
import { passOver } from './upgrade.ts';

export type HttpServer = {
  server: Server;
  /** Hands over every WebSocket handshake, whatever its address; other upgrades are passed over. */
  takeHandshakes(take: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): void;
  /** Resolves to the port: the one asked for, or a free one for 0. Rejects when it is taken. */
  listen(port: number, host: string): Promise<number>;
  /** Resolves when every connection is closed: in-flight requests get `graceMs` to finish. */
  stop(graceMs: number): Promise<void>;
};

/** A request must arrive whole within this, headers within the shorter one: a slow sender holds a socket no longer. */
const requestTimeoutMs = 15_000;
const headersTimeoutMs = 5_000;
const keepAliveTimeoutMs = 30_000;
/** Each idle socket costs about 20 KB: 400 MB at the bound. */
const connectionsMax = 20_000;
const headerBytesMax = 16 * 1024;
/**
 * Connections that the system keeps until we come to them; it has a bound of its own (net.core.somaxconn). By Node's own 511 a crowd
 * that comes in one moment is turned away silently, and its systems try again only after 1, 3 and 7 s.
 */
const backlogMax = connectionsMax;

const announced = channel('holdfast:http:server');

export function createHttpServer(edge: Edge): HttpServer {
  let stopping = false;
  const app = createHttpApp(edge, () => stopping);
  const listener = getRequestListener(app.fetch, {
    errorHandler: () => malformed('-'),
  });
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: headersTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: headerBytesMax,
      // Node would refuse it with an empty body; the listener does with a problem.
      requireHostHeader: false,
    },
    (request, response) => {
      if (!isAmbiguous(request)) return listener(request, response);
      response
        .writeHead(400, { ...problemHeaders, connection: 'close' })
        .end(rawBody(400, 'request_malformed'));
    },
  );
  // For tools that watch this program's servers and no others.
  announced.publish({ server });
  server.maxConnections = connectionsMax;
  server.on('clientError', answerBrokenHttp);
  server.on('checkExpectation', refuseExpectation);
  server.on('connect', refuseConnect);
  return {
    server,
    takeHandshakes(take) {
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (isAmbiguous(request)) return answerBrokenHttp(new Error('ambiguous'), request.socket);
        const wanted = request.headers.upgrade?.toLowerCase() === 'websocket';
        if (wanted || !passOver(server, request, socket)) take(request, socket, head);
      });
    },
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, host, backlog: backlogMax }, () => {
          server.off('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    stop: (graceMs) =>
      new Promise((resolve) => {
        stopping = true;
        if (!server.listening) return resolve();
        // A kept-alive connection becomes idle when its request ends, which close() does not wait to see.
        const sweep = setInterval(() => server.closeIdleConnections(), 20);
        const cut = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearInterval(sweep);
          clearTimeout(cut);
          resolve();
        });
      }),
  };
}

function malformed(instance: string): Response {
  return problem({ status: 'request_malformed' }, { instance, traceId: traceIdOf(undefined) });
}

const problemHeaders = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };

function rawBody(status: number, code: RefusalCode): string {
  const { title } = refusals[code];
  return JSON.stringify({
    type: `/problems#${code}`,
    title,
    status,
    detail: title,
    instance: '-',
    code,
    traceId: traceIdOf(undefined),
  });
}

/** Bytes that are no HTTP request (a NUL in a header, a body shorter than it said, headers without end). */
function answerBrokenHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  endRaw(socket, status, 'request_malformed');
}

/** An answer where there is no response to write it to; the connection ends with it. */
function endRaw(socket: Duplex, status: string, code: RefusalCode, headers = ''): void {
  const body = rawBody(Number(status.slice(0, 3)), code);
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\n${headers}Content-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** An `Expect` other than 100-continue, to which Node would answer without a word. */
function refuseExpectation({ socket }: IncomingMessage): void {
  endRaw(socket, '417 Expectation Failed', 'request_malformed');
}

/** This is no proxy. Node has taken its hands off the socket, errors included. */
function refuseConnect(_: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  endRaw(socket, '405 Method Not Allowed', 'method_not_allowed', 'Allow: \r\n');
}
