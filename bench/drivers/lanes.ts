/** Keep-alive connections of a load generator, one request at a time on each; all together keep a rate. */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { AnswerReader } from './answer-reader.ts';

export type Lanes = {
  /** Where to: the path is the requests' own matter. */
  url: string;
  connections: number;
  /** Requests a second in all; 0 is as many as go. */
  rate: number;
  /** The next request, whole and in Latin-1; undefined ends a connection. */
  next(): string | undefined;
};

export type Answered = {
  /** How often each status came. */
  statuses: Map<number, number>;
  /** Connections that failed or were ended by the other side. */
  errors: number;
  waitsMs: number[];
  seconds: number;
};

const answerMs = 10_000;

export async function runLanes({ url, connections, rate, next }: Lanes): Promise<Answered> {
  const { hostname, port } = new URL(url);
  const statuses = new Map<number, number>();
  const waitsMs: number[] = [];
  let sent = 0;
  let errors = 0;
  const startedAt = performance.now();

  /** When the next request may be sent, so that all connections together keep the rate: ms from now. */
  const untilNext = () => (rate === 0 ? 0 : startedAt + (sent * 1000) / rate - performance.now());

  const lane = () =>
    new Promise<void>((resolve) => {
      const socket: Socket = connect(Number(port), hostname);
      const answers = new AnswerReader();
      let sentAt = 0;
      const end = () => {
        socket.destroy();
        resolve();
      };
      const send = async () => {
        for (let wait = untilNext(); wait > 0; wait = untilNext()) await pause(wait);
        const request = next();
        if (request === undefined) return end();
        sent += 1;
        sentAt = performance.now();
        socket.write(request, 'latin1');
      };
      const failed = () => {
        errors += 1;
        end();
      };
      socket.setNoDelay(true);
      socket.setTimeout(answerMs, failed);
      socket.on('error', failed);
      socket.on('end', failed);
      socket.on('connect', () => void send());
      socket.on('data', (bytes: Buffer) => {
        const status = answers.read(bytes);
        if (status === undefined) return;
        waitsMs.push(performance.now() - sentAt);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        void send();
      });
    });

  await Promise.all(Array.from({ length: connections }, lane));
  return { statuses, errors, waitsMs, seconds: (performance.now() - startedAt) / 1000 };
}
