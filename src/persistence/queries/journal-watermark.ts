/** The watermark of a partition: its row's lock is the one claim there is, for the worker and for the rebuild alike. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import { column } from './journal-arrays.ts';

export type Watermark = {
  partition: number;
  epoch: number;
  /** n of the last stream entry whose facts are in the ledger. */
  entry: number;
  /** The rebuild of this epoch has finished. */
  opened: boolean;
};

/** The watermark, locked until the transaction ends; undefined when somebody else has it, or nobody made it yet. */
export async function claimWatermark(tx: Tx, partition: number): Promise<Watermark | undefined> {
  const { rows } = await sql<Watermark>`
    select partition, epoch, entry, opened from ticketing.journal_watermarks
    where partition = ${partition} for update skip locked
  `.execute(tx);
  return rows[0];
}

/** The same, waiting for whoever has it (as long as the transaction's lock timeout allows). */
export async function awaitWatermark(tx: Tx, partition: number): Promise<Watermark | undefined> {
  const { rows } = await sql<Watermark>`
    select partition, epoch, entry, opened from ticketing.journal_watermarks
    where partition = ${partition} for update
  `.execute(tx);
  return rows[0];
}

export async function moveWatermark(tx: Tx, from: Watermark, entry: number): Promise<void> {
  await sql`
    update ticketing.journal_watermarks set entry = ${entry}, updated_at = now()
    where partition = ${from.partition} and epoch = ${from.epoch} and entry = ${from.entry}
  `.execute(tx);
}

export async function readWatermarks(tx: Tx): Promise<Watermark[]> {
  const { rows } = await sql<Watermark>`
    select partition, epoch, entry, opened from ticketing.journal_watermarks order by partition
  `.execute(tx);
  return rows;
}

/** Says of each partition that its Redis answers: what an outage is measured from. */
export async function markAlive(tx: Tx, partitions: number[]): Promise<void> {
  await sql`
    insert into ticketing.partition_health (partition, alive_at)
    select p, clock_timestamp() from unnest(${column(partitions)}::smallint[]) as d(p) order by p
    on conflict (partition) do update set alive_at = excluded.alive_at
  `.execute(tx);
}
