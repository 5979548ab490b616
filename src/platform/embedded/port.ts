/** Ports on the loopback address for the servers we start. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, Trouble } from '../trouble.ts';

/** Resolves to the port when it could be taken, to undefined when somebody has it. 0 asks for any free one. */
function tryPort(port: number, host = '127.0.0.1'): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

/** `wanted` if it is free, else another free port. */
async function freePort(wanted?: number): Promise<number> {
  const port = (wanted === undefined ? undefined : await tryPort(wanted)) ?? (await tryPort(0));
  if (port === undefined) throw new Error('no free port on 127.0.0.1');
  return port;
}

/** `port`, waiting a little for an earlier owner to let go of it. Throws when it stays taken. */
export async function exactPort(port: number): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt++) {
    if ((await tryPort(port)) !== undefined) return port;
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

/** Throws Trouble when the address people are to use is taken: known before anything is started. */
export async function assertPortFree(host: string, port: number): Promise<void> {
  if ((await tryPort(port, host)) !== undefined) return;
  throw new Trouble(
    `port ${port} on ${host} is in use (or may not be used)`,
    `Choose another one, for example PORT=${port + 1 < 65_536 ? port + 1 : 8080}, or end the program that uses it.`,
    exitCodes.unavailable,
  );
}
