/** Checks the files of one run, in the order that lets each be read once. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FaultLine, FaultTimes } from './faults.ts';
import { Findings } from './findings.ts';
import { type CommitRow, type JournalRow, Ledger } from './ledger.ts';
import { readLines } from './lines.ts';
import { clockOffset, Operations, type OpLine } from './operations.ts';
import * as postgres from './postgres-state.ts';
import { type RedisLine, RedisState } from './redis-state.ts';
import { type EntryLine, StreamFacts } from './stream.ts';

export class MissingFile extends Error {}

const tables = ['journal', 'commits', 'heads', 'watermarks', 'lines', 'holds', 'orders', 'tickets', 'events'];

export type Checked = { findings: Findings; facts: number; operations: number };

/** @throws MissingFile when the directory is not a run */
export async function checkRun(dir: string): Promise<Checked> {
  const table = (name: string) => join(dir, 'postgres', `${name}.jsonl`);
  const logs = existsSync(dir) ? readdirSync(dir).filter((name) => /^ops.*\.jsonl$/.test(name)) : [];
  for (const path of [join(dir, 'redis.jsonl'), ...tables.map(table)]) {
    if (!existsSync(path)) throw new MissingFile(`${path} is missing`);
  }
  if (logs.length === 0) throw new MissingFile(`${join(dir, 'ops.jsonl')} is missing`);

  const findings = new Findings();
  const faults = await readFaults(join(dir, 'faults.jsonl'));
  const watermarks = await all<postgres.WatermarkRow>(table('watermarks'));
  const stream = new StreamFacts(findings);
  const redis = new RedisState(findings);
  const epochs = new Map(watermarks.map(({ partition, epoch }) => [partition, epoch]));
  for await (const line of readLines<RedisLine>(join(dir, 'redis.jsonl'))) redis.add(line, epochs, stream);
  const archive = join(dir, 'stream.jsonl');
  if (existsSync(archive)) for await (const line of readLines<EntryLine>(archive)) stream.add(line, true);

  const commits = new Map<string, CommitRow[]>();
  for await (const row of readLines<CommitRow>(table('commits'))) {
    const ofEvent = commits.get(row.event);
    if (ofEvent) ofEvent.push(row);
    else commits.set(row.event, [row]);
  }
  const ledger = new Ledger(commits, findings, faults, stream);
  let facts = 0;
  for await (const row of readLines<JournalRow>(table('journal'))) {
    ledger.add(row);
    facts += 1;
  }
  ledger.finish();
  stream.finish(faults.anyLoss);
  for (const fold of ledger.folds.values()) redis.compare(fold, faults);
  for (const event of redis.known()) {
    findings.expect(
      ledger.folds.has(event),
      'I6',
      () => `redis event ${event}`,
      () => 'is not in the ledger',
    );
  }
  await checkTables(table, watermarks, new postgres.PostgresState(findings, ledger), redis);

  const operations = new Operations(findings, ledger, faults);
  let count = 0;
  for (const name of logs.sort()) {
    for await (const line of readLines<OpLine>(join(dir, name))) {
      operations.add(line);
      if (line.t === 'invoke') count += 1;
    }
  }
  return { findings, facts, operations: count };
}

async function checkTables(
  table: (name: string) => string,
  watermarks: postgres.WatermarkRow[],
  state: postgres.PostgresState,
  redis: RedisState,
): Promise<void> {
  for (const row of watermarks) state.watermark(row, redis);
  for await (const row of readLines<postgres.HeadRow>(table('heads'))) state.head(row);
  for await (const row of readLines<postgres.EventRow>(table('events'))) state.event(row);
  for await (const row of readLines<postgres.LineRow>(table('lines'))) state.line(row);
  for await (const row of readLines<postgres.HoldRow>(table('holds'))) state.hold(row);
  for await (const row of readLines<postgres.OrderRow>(table('orders'))) state.order(row);
  for await (const row of readLines<postgres.TicketRow>(table('tickets'))) state.ticket(row);
  state.finish();
}

async function readFaults(path: string): Promise<FaultTimes> {
  const faults = new FaultTimes();
  if (!existsSync(path)) return faults;
  let offset = 0;
  for await (const line of readLines<FaultLine & { t?: string; unixMs?: number }>(path)) {
    if (line.t === 'log') offset = clockOffset(line);
    else faults.add(line, (monotonic) => Number(monotonic) / 1e6 + offset);
  }
  return faults;
}

async function all<Row>(path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of readLines<Row>(path)) rows.push(row);
  return rows;
}
