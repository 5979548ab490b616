/** Checks the files of one run, in the order that lets each be read once. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FaultLine, FaultTimes } from './faults.ts';
import { Findings } from './findings.ts';
import { type CommitRow, type JournalRow, Ledger } from './ledger.ts';
import { readLines } from './lines.ts';
import { Money } from './money.ts';
import type * as money from './money-rows.ts';
import { clockOffset, Operations, type OpLine } from './operations.ts';
import * as postgres from './postgres-state.ts';
import { readProvider } from './provider.ts';
import { type RedisLine, RedisState } from './redis-state.ts';
import { type EntryLine, StreamFacts } from './stream.ts';

export class MissingFile extends Error {}

const tables = [
  ...['journal', 'commits', 'heads', 'watermarks', 'lines', 'holds', 'orders', 'tickets', 'events'],
  ...['items', 'refunds', 'refund-lines', 'payments', 'mails'],
];

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
  await readLines<RedisLine>(join(dir, 'redis.jsonl'), (line) => redis.add(line, epochs, stream));
  const archive = join(dir, 'stream.jsonl');
  if (existsSync(archive)) await readLines<EntryLine>(archive, (line) => stream.add(line, true));

  const commits = new Map<string, CommitRow[]>();
  await readLines<CommitRow>(table('commits'), (row) => {
    const ofEvent = commits.get(row.event);
    if (ofEvent) ofEvent.push(row);
    else commits.set(row.event, [row]);
  });
  const ledger = new Ledger(commits, findings, faults, stream);
  let facts = 0;
  await readLines<JournalRow>(table('journal'), (row) => {
    ledger.add(row);
    facts += 1;
  });
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
  await checkMoney(table, join(dir, 'stripe.json'), new Money(findings));

  const operations = new Operations(findings, ledger, faults);
  let count = 0;
  for (const name of logs.sort()) {
    await readLines<OpLine>(join(dir, name), (line) => {
      operations.add(line);
      if (line.t === 'invoke') count += 1;
    });
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
  await readLines<postgres.HeadRow>(table('heads'), (row) => state.head(row));
  await readLines<postgres.EventRow>(table('events'), (row) => state.event(row));
  await readLines<postgres.LineRow>(table('lines'), (row) => state.line(row));
  await readLines<postgres.HoldRow>(table('holds'), (row) => state.hold(row));
  await readLines<postgres.OrderRow>(table('orders'), (row) => state.order(row));
  await readLines<postgres.TicketRow>(table('tickets'), (row) => state.ticket(row));
  state.finish();
}

async function checkMoney(table: (name: string) => string, provider: string, books: Money): Promise<void> {
  await readLines<money.TierRow>(table('lines'), (row) => books.tier(row));
  await readLines<money.OrderRow>(table('orders'), (row) => books.order(row));
  await readLines<money.ItemRow>(table('items'), (row) => books.item(row));
  await readLines<money.TicketRow>(table('tickets'), (row) => books.ticket(row));
  await readLines<money.RefundRow>(table('refunds'), (row) => books.refund(row));
  await readLines<money.RefundLineRow>(table('refund-lines'), (row) => books.refundLine(row));
  await readLines<money.PaymentRow>(table('payments'), (row) => books.payment(row));
  await readLines<money.MailRow>(table('mails'), (row) => books.mail(row));
  books.finish(existsSync(provider) ? readProvider(provider) : undefined);
}

async function readFaults(path: string): Promise<FaultTimes> {
  const faults = new FaultTimes();
  if (!existsSync(path)) return faults;
  let offset = 0;
  await readLines<FaultLine & { t?: string; unixMs?: number }>(path, (line) => {
    if (line.t === 'log') offset = clockOffset(line);
    else faults.add(line, (monotonic) => Number(monotonic) / 1e6 + offset);
  });
  return faults;
}

async function all<Row>(path: string): Promise<Row[]> {
  const rows: Row[] = [];
  await readLines<Row>(path, (row) => rows.push(row));
  return rows;
}
