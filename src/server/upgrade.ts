/**
 * Upgrades that are not taken. Once anybody listens for them, Node hands over every request with an Upgrade header, and its
 * socket with it: so a refusal is written here byte by byte, and an upgrade nobody here knows (h2c, which curl asks for)
 * is passed over, as RFC 9110 wants it.
 */
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Refusal, refusals } from '../domain/refusals.ts';
import { problem } from './problem.ts';
import { traceIdOf } from './trace.ts';

export function refuseUpgrade(request: IncomingMessage, socket: Duplex, refusal: Refusal): void {
  socket.on('error', () => socket.destroy());
  const instance = (request.url ?? '/').split('?')[0] ?? '/';
  const response = problem(refusal, { instance, traceId: traceIdOf(request.headers['traceparent']) });
  void response.text().then((body) => {
    const { status } = refusals[refusal.status];
    const lines = [`HTTP/1.1 ${status} ${phrases[status] ?? 'Refused'}`];
    lines.push(
      ...(status === 426 ? ['connection: close, upgrade', 'upgrade: websocket'] : ['connection: close']),
    );
    response.headers.forEach((value, name) => {
      lines.push(`${name}: ${value}`);
    });
    lines.push(`content-length: ${Buffer.byteLength(body)}`, '', body);
    socket.once('finish', () => socket.destroy());
    socket.end(lines.join('\r\n'));
  });
}

const phrases: Record<number, string> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  426: 'Upgrade Required',
  503: 'Service Unavailable',
};

/** Answers a request without body as if it had not asked for an upgrade. False when that cannot be done. */
export function passOver(server: Server, request: IncomingMessage, socket: Duplex): boolean {
  const { method, headers } = request;
  if (!(socket instanceof Socket) || (method !== 'GET' && method !== 'HEAD')) return false;
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) return false;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  socket.on('error', () => socket.destroy());
  response.on('finish', () => {
    response.detachSocket(socket);
    socket.end();
  });
  server.emit('request', request, response);
  return true;
}
