/**
 * What a running `holdfast dev` leaves in its data folder, so that `holdfast verify` and the others, typed in the next
 * terminal, find its Redis and Postgres. It holds passwords: mode 0600.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  redisUrl: z.string(),
  databaseUrl: z.string(),
  supervisorPid: z.number().int(),
  /** The payment provider's stand-in, where none is configured. */
  sandbox: z.object({ url: z.string(), secretKey: z.string(), webhookSecret: z.string() }).optional(),
});
export type Connections = z.infer<typeof schema>;

function file(dataDir: string): string {
  return join(dataDir, 'connections.json');
}

export function writeConnections(dataDir: string, connections: Connections): void {
  const half = `${file(dataDir)}.${process.pid}`;
  writeFileSync(half, `${JSON.stringify(connections)}\n`, { mode: 0o600 });
  renameSync(half, file(dataDir));
}

/** Undefined when nothing runs here (or what is there cannot be read, which comes to the same). */
export function readConnections(dataDir: string): Connections | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

export function clearConnections(dataDir: string): void {
  rmSync(file(dataDir), { force: true });
}
