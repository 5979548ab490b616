/** Serves an app on a free port as src/server/listen.ts does, and says the port on standard output. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

export function serveApp(app: Hono): void {
  const server = createServer(
    {
      requestTimeout: 15_000,
      headersTimeout: 5_000,
      keepAliveTimeout: 30_000,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16 * 1024,
    },
    getRequestListener(app.fetch),
  );
  server.listen(0, '127.0.0.1', () => {
    console.log(`port ${(server.address() as AddressInfo).port}`);
  });
  // Whoever started it holds the other end of standard input: when that is gone, so is the reason to serve.
  process.stdin.resume().once('end', () => process.exit(0));
}
