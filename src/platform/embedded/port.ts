/** Ports on the loopback address for the servers we start. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, exitCodes, Trouble } from '../trouble.ts';

/** Takes the port and lets go of it. 0 asks for any free one. Answers which it was, or the error's code. */
function tryPort(port: number, host = '127.0.0.1'): Promise<number | string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(codeOf(error)));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}

/** `wanted` if it is free, else another free port. */
async function freePort(wanted?: number): Promise<number> {
  for (const port of wanted === undefined ? [0] : [wanted, 0]) {
    const free = await tryPort(port);
    if (typeof free === 'number') return free;
  }
  throw new Error('no free port on 127.0.0.1');
}

/** `port`, waiting a little for an earlier owner to let go of it. Throws when it stays taken. */
export async function exactPort(port: number): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt++) {
    if (typeof (await tryPort(port)) === 'number') return port;
    await sleep(100);
  }
  throw new Trouble(
    `port ${port} on 127.0.0.1 is in use by another program`,
    'End that program, or start again: a free port is taken then.',
  );
}

/** The port of the last start when it is still free, so that addresses in people's shells keep working. */
export async function rememberedPort(file: string): Promise<number> {
  let last: number | undefined;
  try {
    const value = Number.parseInt(readFileSync(file, 'utf8'), 10);
    if (value > 0 && value < 65_536) last = value;
  } catch {
    // The first start: there is nothing to remember.
  }
  const port = await freePort(last);
  writeFileSync(file, `${port}\n`, { mode: 0o600 });
  return port;
}

/** Throws Trouble when the address people are to use cannot be: known before anything is started. */
export async function assertPortFree(host: string, port: number): Promise<void> {
  const free = await tryPort(port, host);
  if (typeof free === 'number') return;
  throw new Trouble(...portTrouble(host, port, free), exitCodes.unavailable);
}

/** What is wrong, and what to do about it. */
function portTrouble(host: string, port: number, code: string): [string, string] {
  const next = port + 1 < 65_536 ? port + 1 : 8080;
  if (code === 'EADDRINUSE')
    return [
      `port ${port} on ${host} is in use`,
      `Choose another one, for example PORT=${next}, or end the program that uses it.`,
    ];
  if (code === 'EACCES')
    return [`port ${port} on ${host} is not for every user`, 'Choose one above 1023, for example PORT=8080.'];
  return [
    `${host} is no address of this machine (${code})`,
    'Set HOST to one that is, for example 127.0.0.1, or 0.0.0.0 for all of them.',
  ];
}
