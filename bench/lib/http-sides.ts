/** The sides of the HTTP benchmarks, all up at once and sent the same load in turn. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { UserId } from '../../src/domain/ids.ts';
import { createSessions } from '../../src/server/auth.ts';
import type { LoadResult } from '../drivers/http-load.ts';
import { cpuMs } from './cpu-time.ts';
import { httpLoad, type OwnServer, startServer } from './processes.ts';
import { type OnSale, putOnSale, type Stack, startStack } from './stack.ts';

type Served = { url: string; pid: number };

const capacity = 10_000_000;
const people = 5_000;

export type Side = 'reserve' | 'empty POST' | 'FOR UPDATE' | 'FOR UPDATE, commit not awaited';

/** `serverUs`: processor time of the HTTP process per answer. */
export type Loaded = LoadResult & { serverUs: number };

export type Sides = {
  stack: Stack;
  settings: { connections: number; people: number };
  /** Sends load to one side; afterwards waits until nothing of it is left to be applied. */
  load(side: Side, seconds: number, rate?: number): Promise<Loaded>;
  stop(): Promise<void>;
};

export const connections = 100;

export async function startSides(wanted: Side[]): Promise<Sides> {
  const stack = await startStack();
  const own: OwnServer[] = [];
  try {
    const served = await stack.serve();
    const sale = await putOnSale(served.url, stack.keys.admin, capacity);
    const tokensFile = writeTokens(stack.keys.session);
    const servers: Partial<Record<Side, Served>> = { reserve: served };
    for (const side of wanted) {
      if (side === 'reserve') continue;
      const server = side === 'empty POST' ? await startServer('empty') : await forUpdate(stack, side);
      own.push(server);
      servers[side] = server;
    }
    return {
      stack,
      settings: { connections, people },
      load: (side, seconds, rate = 0) =>
        send(stack, servers[side] as Served, sale, tokensFile, seconds, rate),
      stop: () => stopAll(own, stack),
    };
  } catch (error) {
    await stopAll(own, stack);
    throw error;
  }
}

async function stopAll(own: OwnServer[], stack: Stack): Promise<void> {
  await Promise.all(own.map((server) => server.stop()));
  await stack.stop();
}

async function send(
  stack: Stack,
  { url, pid }: Served,
  { event, tier }: OnSale,
  tokensFile: string,
  seconds: number,
  rate: number,
): Promise<Loaded> {
  const usedBefore = cpuMs(pid);
  const result = await httpLoad({
    url,
    event,
    tier,
    tokensFile,
    connections,
    seconds,
    rate,
    run: randomUUID(),
  });
  if (result.other > 0 || result.errors > 0) {
    throw new Error(`not every answer was 201: ${JSON.stringify(result)}`);
  }
  const serverUs = ((cpuMs(pid) - usedBefore) * 1000) / result.created;
  await stack.applied();
  return { ...result, serverUs };
}

/** A file, because thousands of tokens are too long for an argument. */
export function writeTokens(sessionKey: string): string {
  const sessions = createSessions({ keys: [Buffer.from(sessionKey)], ttlMs: 3_600_000, now: Date.now });
  const tokens = Array.from({ length: people }, () => sessions.issue(randomUUID() as UserId).token);
  const file = join(mkdtempSync(join(tmpdir(), 'holdfast-bench-')), 'tokens.json');
  writeFileSync(file, JSON.stringify(tokens));
  return file;
}

/** The two tables of the system this replaces, with its indexes and nothing else, in a database of their own. */
async function forUpdate(stack: Stack, side: Side): Promise<OwnServer> {
  const url = await stack.postgres.createDatabase(`assessment_${randomBytes(4).toString('hex')}`);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const tier = randomUUID();
  await client.query(`
    CREATE TABLE ticket_tiers (id uuid PRIMARY KEY, event_id uuid NOT NULL, quantity integer NOT NULL,
      reserved_quantity integer NOT NULL DEFAULT 0, issued_quantity integer NOT NULL DEFAULT 0,
      CHECK (reserved_quantity + issued_quantity <= quantity)) WITH (fillfactor = 50);
    CREATE TABLE ticket_holds (id uuid PRIMARY KEY, tier_id uuid NOT NULL REFERENCES ticket_tiers (id), user_id uuid NOT NULL,
      quantity integer NOT NULL, expires_at timestamptz NOT NULL, status text NOT NULL DEFAULT 'active');
    CREATE INDEX idx_ticket_holds_tier_status_expires ON ticket_holds (tier_id, status, expires_at);
    INSERT INTO ticket_tiers (id, event_id, quantity) VALUES ('${tier}', '${randomUUID()}', ${capacity})`);
  await client.end();
  const lazy = side === 'FOR UPDATE, commit not awaited';
  return startServer('for-update', [lazy ? `${url}?options=-csynchronous_commit%3Doff` : url, tier]);
}
