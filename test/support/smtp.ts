/** A small SMTP server (RFC 5321) on a free port: it keeps what it is given, and refuses what a test tells it to. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type Received = { from: string; to: string[]; data: string };

export type SmtpServer = {
  url: string;
  received: Received[];
  /** A reply to the next command that begins so, instead of its own; `hang` gives none, `drop` closes the connection. */
  next(command: 'MAIL' | 'RCPT' | 'DATA' | '.' | 'HELLO', reply: string): void;
  /** Called when a letter is in, before it is answered. */
  onLetter(see: () => Promise<void> | void): void;
  stop(): Promise<void>;
};

export async function startSmtp(): Promise<SmtpServer> {
  const received: Received[] = [];
  const replies = new Map<string, string>();
  const sockets = new Set<Socket>();
  let see: () => Promise<void> | void = () => undefined;

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    let letter: Received = { from: '', to: [], data: '' };
    let inData = false;
    let buffer = '';
    const answer = (key: string, usual: string) => {
      const reply = replies.get(key) ?? usual;
      replies.delete(key);
      if (reply === 'drop') socket.destroy();
      else if (reply !== 'hang' && socket.writable) socket.write(`${reply}\r\n`);
      return reply === usual;
    };
    const line = async (text: string) => {
      if (inData) {
        if (text !== '.') {
          letter.data += `${text.startsWith('..') ? text.slice(1) : text}\r\n`;
          return;
        }
        inData = false;
        const whole = letter;
        letter = { from: '', to: [], data: '' };
        if (!replies.has('.')) received.push(whole);
        await see();
        answer('.', '250 2.0.0 taken');
        return;
      }
      const verb = text.slice(0, 4).toUpperCase();
      const address = /<([^>]*)>/.exec(text)?.[1] ?? '';
      if (verb === 'EHLO' || verb === 'HELO') answer('HELLO', '250 test');
      else if (verb === 'MAIL') letter.from = answer('MAIL', '250 2.1.0 ok') ? address : '';
      else if (verb === 'RCPT') letter.to.push(...(answer('RCPT', '250 2.1.5 ok') ? [address] : []));
      else if (verb === 'DATA') inData = answer('DATA', '354 go on');
      else if (verb === 'QUIT') socket.end('221 2.0.0 bye\r\n');
      else answer(verb, '250 2.0.0 ok');
    };
    let turn = Promise.resolve();
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1');
      const lines = buffer.split('\r\n');
      buffer = lines.pop() ?? '';
      for (const each of lines) turn = turn.then(() => line(each));
    });
    socket.write('220 test ESMTP\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    next: (command, reply) => void replies.set(command, reply),
    onLetter: (wanted) => {
      see = wanted;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
