/** The ledger itself: facts, the commits that chain them, and the head of each event. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import { column, textLines } from './journal-arrays.ts';

/** Facts of one commit, by column. Ids are UUIDs, `at` Unix ms. */
export type LedgerColumns = {
  event: string[];
  version: number[];
  at: number[];
  entry: number[];
  position: number[];
  kind: string[];
  hold: (string | null)[];
  order: (string | null)[];
  op: (string | null)[];
  user: (string | null)[];
  /** Canonical texts: no line feed in any. */
  body: string[];
};

export async function insertLedger(
  tx: Tx,
  from: { partition: number; epoch: number },
  rows: LedgerColumns,
): Promise<void> {
  await sql`
    insert into ticketing.inventory_journal
      (event_id, version, at, partition, epoch, entry, position, kind, hold_id, order_id, op, user_id, body)
    select d.event_id, d.version, to_timestamp(d.at / 1000), ${from.partition}::smallint, ${from.epoch}::bigint,
      d.entry, d.position, d.kind, d.hold_id, d.order_id, d.op, d.user_id, d.body
    from unnest(
      ${column(rows.event)}::uuid[], ${column(rows.version)}::bigint[], ${column(rows.at)}::float8[],
      ${column(rows.entry)}::bigint[], ${column(rows.position)}::int[], ${column(rows.kind)}::text[],
      ${column(rows.hold)}::uuid[], ${column(rows.order)}::uuid[], ${rows.op}::text[], ${column(rows.user)}::uuid[],
      string_to_array(${textLines(rows.body)}, E'\n')
    ) as d(event_id, version, at, entry, position, kind, hold_id, order_id, op, user_id, body)
  `.execute(tx);
}

export type HeadRow = {
  event: string;
  version: number;
  /** Lowercase hex. */
  chain: string;
  projected: number;
  frozen: boolean;
};

/** Heads of these events; those without facts are missing. The caller holds the partition's watermark. */
export async function readHeads(tx: Tx, events: string[]): Promise<HeadRow[]> {
  const { rows } = await sql<HeadRow>`
    select event_id as event, version, encode(chain, 'hex') as chain, projected_version as projected,
      frozen_at is not null as frozen
    from ticketing.journal_heads where event_id = any(${column(events)}::uuid[])
  `.execute(tx);
  return rows;
}

export type CommitRow = {
  event: string;
  firstVersion: number;
  lastVersion: number;
  root: string;
  chain: string;
};

/** Writes the commits and moves the heads of their events; what is projected is said afterwards. */
export async function insertCommits(tx: Tx, commits: CommitRow[]): Promise<void> {
  await sql`
    with d as (
      select * from unnest(
        ${column(commits.map((commit) => commit.event))}::uuid[],
        ${column(commits.map((commit) => commit.firstVersion))}::bigint[],
        ${column(commits.map((commit) => commit.lastVersion))}::bigint[],
        ${column(commits.map((commit) => commit.root))}::text[],
        ${column(commits.map((commit) => commit.chain))}::text[]
      ) as d(event_id, first_version, last_version, root, chain)
    ), written as (
      insert into ticketing.journal_commits (event_id, first_version, last_version, root, chain)
      select event_id, first_version, last_version, decode(root, 'hex'), decode(chain, 'hex') from d
    )
    insert into ticketing.journal_heads (event_id, version, chain)
    select event_id, last_version, decode(chain, 'hex') from d
    on conflict (event_id) do update set version = excluded.version, chain = excluded.chain, updated_at = now()
  `.execute(tx);
}

export type Projected = {
  event: string;
  version: number;
  frozenVersion: number | null;
  cause: string | null;
};

/** Says how far each event is projected, and freezes or thaws it. */
export async function moveProjected(tx: Tx, heads: Projected[]): Promise<void> {
  await sql`
    update ticketing.journal_heads h set
      projected_version = d.version,
      frozen_at = case when d.frozen_version is null then null else coalesce(h.frozen_at, now()) end,
      frozen_version = d.frozen_version, frozen_cause = d.cause, updated_at = now()
    from unnest(
      ${column(heads.map((head) => head.event))}::uuid[], ${column(heads.map((head) => head.version))}::bigint[],
      ${column(heads.map((head) => head.frozenVersion))}::bigint[], ${heads.map((head) => head.cause)}::text[]
    ) as d(event_id, version, frozen_version, cause)
    where h.event_id = d.event_id
  `.execute(tx);
}

/** Facts of the ledger that wait behind a refused one, oldest first. */
export async function readWaiting(
  tx: Tx,
  event: string,
  projected: number,
  factsMax: number,
): Promise<{ body: string; user: string | null }[]> {
  const { rows } = await sql<{ body: string; user: string | null }>`
    select body, user_id as user from ticketing.inventory_journal
    where event_id = ${event} and version > ${projected} order by version limit ${factsMax}
  `.execute(tx);
  return rows;
}

export type FrozenRow = { event: string; version: number; cause: string };

export async function readFrozen(tx: Tx): Promise<FrozenRow[]> {
  const { rows } = await sql<FrozenRow>`
    select event_id as event, frozen_version as version, coalesce(frozen_cause, '') as cause
    from ticketing.journal_heads where frozen_at is not null order by event_id
  `.execute(tx);
  return rows;
}
