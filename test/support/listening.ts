/** A server of bare sockets, for what no HTTP server does: it says nothing, or hangs up. */
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type Listening = {
  url: string;
  connections(): number;
  /** Takes no more connections. */
  close(): void;
  /** And cuts those there are. */
  stop(): Promise<void>;
};

export async function listening(take: (socket: Socket) => void): Promise<Listening> {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    count += 1;
    sockets.add(socket);
    take(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => count,
    close: () => void server.close(),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
