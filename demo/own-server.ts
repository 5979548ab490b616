/** A Holdfast of the demo's own: `holdfast dev` in a temporary folder, which is removed at the end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../bin/holdfast.js', import.meta.url));

export type OwnServer = { url: string; adminKey: string; dir: string; stop(): Promise<void> };

/** The first start makes a database cluster, which takes some seconds. */
const readyMs = 120_000;
const stopMs = 40_000;

/** Throws what the program said when it does not come up. */
export async function startOwnServer(): Promise<OwnServer> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
  // Postgres runs as another user when we are root.
  chmodSync(dir, 0o711);
  // A fixed port: a server that is killed comes back at the same address.
  const env = { ...process.env, HOLDFAST_DATA_DIR: dir, PORT: String(await freePort()), HOST: '127.0.0.1' };
  for (const name of ['REDIS_URL', 'DATABASE_URL', 'LOG_LEVEL']) delete env[name as keyof typeof env];
  // The channel tells the program when we are gone, however that happened: it stops by itself.
  const child = spawn(process.execPath, [program, 'dev', '--no-demo'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C reaches us, and we stop it in order.
    detached: true,
  });
  const stop = async () => {
    await end(child);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const url = await addressOf(child);
    return { url, adminKey: readFileSync(join(dir, 'keys', 'admin'), 'utf8').trim(), dir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const failed = () => reject(new Error(`Holdfast does not start:\n${said.slice(-4_000)}`));
    const timer = setTimeout(failed, readyMs);
    child.once('close', failed);
    child.stderr?.on('data', (chunk: Buffer) => {
      // Later lines are read and dropped: a pipe that nobody empties would stop the program.
      if (said.includes('Ctrl-C stops everything')) return;
      said += chunk.toString();
      const [, address] = /on sale at (http:\S+)/.exec(said) ?? [];
      if (address === undefined || !said.includes('Ctrl-C stops everything')) return;
      clearTimeout(timer);
      child.off('close', failed);
      resolve(address);
    });
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
    child.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
