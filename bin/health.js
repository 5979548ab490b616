#!/usr/bin/env node
// The health check of a container: `node bin/health.js server` asks the server next to it whether it is ready, `worker` asks
// Postgres whether a worker has seen a partition alive within the last seconds. Exit code 0 or 1; plain Node, because it
// runs every few seconds.
import { readFileSync } from 'node:fs';
import pg from 'pg';

const askMs = 4_000;
/** A worker says so every second; a rebuild or a pause of Postgres may keep it from that for a while. */
const silentMaxSeconds = 15;

const checks = { server, worker };
const check = checks[process.argv[2] ?? 'server'];

try {
  if (check === undefined) throw new Error('health.js is told "server" or "worker"');
  await check();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

async function server() {
  const address = `http://127.0.0.1:${process.env.PORT || 8080}/readyz`;
  const response = await fetch(address, { signal: AbortSignal.timeout(askMs) });
  if (!response.ok) throw new Error(await response.text());
}

async function worker() {
  const client = new pg.Client({
    connectionString: setting('DATABASE_URL'),
    connectionTimeoutMillis: askMs,
    query_timeout: askMs,
  });
  await client.connect();
  const { rows } = await client.query(
    'SELECT extract(epoch FROM clock_timestamp() - max(alive_at)) AS seconds FROM ticketing.partition_health',
  );
  const seconds = rows[0]?.seconds ?? null;
  if (seconds === null || Number(seconds) > silentMaxSeconds) {
    throw new Error(`no worker has seen a partition alive for ${seconds ?? 'ever'} s`);
  }
}

function setting(name) {
  const file = process.env[`${name}_FILE`];
  return process.env[name] || (file ? readFileSync(file, 'utf8').trim() : undefined);
}
