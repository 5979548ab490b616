/** A bad line in front of a real server: what comes through depends on its mode. */
import { createServer, connect as dial, type Socket } from 'node:net';
import { freePort } from './holdfast.ts';

/**
 *   pass         everything
 *   stall        nothing, both ways, without a word; connections stay open
 *   refuse       connections are cut as they come
 *   no_sockets   HTTP comes through, an upgrade to a WebSocket is cut
 *   garble       every request is answered by a proxy's page
 */
export type Mode = 'pass' | 'stall' | 'refuse' | 'no_sockets' | 'garble';

export type TestProxy = {
  url: string;
  /** Of the server behind it, for the connections to come. */
  target: string;
  mode: Mode;
  /** So many answers are lost: the request has gone through, the connection is cut in place of its answer. */
  lose: number;
  /** So far; a connection that was refused is none of the requests. */
  connections: number;
  requests: number;
  /** Requests for a WebSocket. */
  upgrades: number;
  /** Cuts what is open. */
  cut(): void;
  stop(): Promise<void>;
};

const page = '<html>Bad Gateway</html>';
const badGateway = `HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: ${page.length}\r\nconnection: close\r\n\r\n${page}`;

export async function startProxy(target: string): Promise<TestProxy> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    proxy.connections += 1;
    if (proxy.mode === 'refuse') return client.destroy();
    const { port: targetPort, hostname } = new URL(proxy.target);
    const upstream = dial(Number(targetPort), hostname);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        open.delete(one);
        if (proxy.mode !== 'stall') other.destroy();
      });
    }
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (/^(GET|POST|PATCH|DELETE) /.test(text)) proxy.requests += 1;
      const isUpgrade = /^upgrade: websocket/im.test(text);
      if (isUpgrade) proxy.upgrades += 1;
      if (isUpgrade && proxy.mode === 'no_sockets') return client.destroy();
      if (proxy.mode === 'garble') return client.end(badGateway);
      if (proxy.mode !== 'stall') upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (proxy.lose > 0) {
        proxy.lose -= 1;
        return client.destroy();
      }
      if (proxy.mode !== 'stall') client.write(chunk);
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const proxy: TestProxy = {
    url: `http://127.0.0.1:${port}`,
    target,
    mode: 'pass',
    lose: 0,
    connections: 0,
    requests: 0,
    upgrades: 0,
    cut() {
      for (const socket of open) socket.destroy();
    },
    stop() {
      proxy.cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}
