/**
 * The floor of P8: the same bytes to every connection with one `write` each, four times a second, and nothing else. argv: length
 * of a message in bytes; the port is said on standard output, and the messages written when standard input ends.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';

const length = Number(process.argv[2]);
const sockets = new Set<Socket>();
const server = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
});
server.listen(0, '127.0.0.1', 4_096, () => console.log(`port ${(server.address() as AddressInfo).port}`));

/** A frame of exactly that length, as the hub makes them: 4 bytes of header, then JSON that says when it was sent. */
function frame(): Buffer {
  const start = `{"pub":{"ts":"${new Date().toISOString()}","pad":"`;
  const text = `${start}${'x'.repeat(length - 4 - start.length - 3)}"}}`;
  const header = Buffer.from([0x81, 126, 0, 0]);
  header.writeUInt16BE(text.length, 2);
  return Buffer.concat([header, Buffer.from(text)]);
}

setInterval(() => {
  const same = frame();
  for (const socket of sockets) socket.write(same);
}, 250);
process.stdin.resume().once('end', () => process.exit(0));
