/**
 * The crowd of P8, in a process of its own: opens sockets, listens, and says when the last of them had each message. It walks
 * the frames of every socket and parses the text of one in a hundred. argv: JSON of Crowd; it says `ready` when everybody
 * listens, and answers JSON of Heard when its standard input ends.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export type Crowd = {
  host: string;
  port: number;
  sockets: number;
  /** Subscribe to this channel over a WebSocket; without one the server speaks first, frames only. */
  ch?: string;
  subprotocol: string;
};

/** `spreadMs`: per message, from its `ts` until the last socket had it, for messages that everybody had. */
export type Heard = { messages: number; bytes: number; whole: number; spreadMs: number[] };

const crowd = JSON.parse(process.argv[2] ?? '') as Crowd;
const connectingMax = 200;
const parsedShare = 100;

type Listener = { rest: Buffer | undefined; heard: number; ready: boolean };
let bytes = 0;
let messages = 0;
const had: number[] = [];
const lastAt: number[] = [];
const sentAt = new Map<number, number>();

/** A client's frame is masked; with a mask of zeros its text stays as it is. */
function masked(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body]);
}

function handshake(): string {
  const key = randomBytes(16).toString('base64');
  const protocol = `Sec-WebSocket-Protocol: ${crowd.subprotocol}`;
  return `GET /v1/realtime HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${protocol}\r\n\r\n`;
}

function walk(one: Listener, chunk: Buffer, index: number): void {
  bytes += chunk.length;
  let data = one.rest ? Buffer.concat([one.rest, chunk]) : chunk;
  one.rest = undefined;
  while (data.length >= 2) {
    const short = (data[1] ?? 0) & 0x7f;
    const header = short < 126 ? 2 : 4;
    if (data.length < header) break;
    const end = header + (short < 126 ? short : data.readUInt16BE(2));
    if (data.length < end) break;
    if (one.ready) hear(one, data.subarray(header, end), index);
    else if (data.subarray(header, end).includes('"sub"')) one.ready = true;
    data = data.subarray(end);
  }
  if (data.length > 0) one.rest = data;
}

function hear(one: Listener, text: Buffer, index: number): void {
  const number = one.heard++;
  messages += 1;
  had[number] = (had[number] ?? 0) + 1;
  lastAt[number] = Date.now();
  if ((number + index) % parsedShare !== 0) return;
  const { pub } = JSON.parse(text.toString()) as { pub?: { ts: string } };
  if (pub === undefined) throw new Error(`socket ${index} heard what is no value: ${text}`);
  sentAt.set(number, Date.parse(pub.ts));
}

function join(index: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const one: Listener = { rest: undefined, heard: 0, ready: crowd.ch === undefined };
    let greeted = crowd.ch === undefined;
    const socket = connect(crowd.port, crowd.host, () => {
      if (greeted) resolve(socket);
      else socket.write(handshake());
    });
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      if (greeted) {
        walk(one, chunk, index);
        if (one.ready) resolve(socket);
        return;
      }
      if (!chunk.includes('101 Switching')) return reject(new Error(chunk.toString()));
      greeted = true;
      socket.write(masked('{"id":1,"hello":{"client":"bench"}}'));
      socket.write(masked(`{"id":2,"sub":{"ch":"${crowd.ch}"}}`));
    });
  });
}

const sockets: Socket[] = [];
for (let index = 0; index < crowd.sockets; index += connectingMax) {
  const size = Math.min(connectingMax, crowd.sockets - index);
  sockets.push(...(await Promise.all(Array.from({ length: size }, (_, n) => join(index + n)))));
}
console.log('ready');
process.stdin.resume().once('end', () => {
  const whole = had.flatMap((count, number) => (count === crowd.sockets ? [number] : []));
  const spreadMs = whole.flatMap((number) => {
    const sent = sentAt.get(number);
    return sent === undefined ? [] : [(lastAt[number] ?? 0) - sent];
  });
  const heard: Heard = { messages, bytes, whole: whole.length, spreadMs };
  console.log(JSON.stringify(heard));
  for (const socket of sockets) socket.destroy();
  process.exit(0);
});
