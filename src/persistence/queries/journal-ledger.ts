/** The ledger itself: facts, the commits that chain them, and the head of each event. */
import { sql } from 'kysely';
import type { HeldBytes } from '../../domain/held-bytes.ts';
import { CopyRows, type Mark } from '../copy-rows.ts';
import type { Tx } from '../database.ts';
import { column } from './journal-arrays.ts';

/** A fact as its row says it. Ids are UUIDs, `at` Unix ms, `body` the canonical text. */
export type LedgerRow = {
  event: string;
  version: number;
  at: number;
  entry: number;
  position: number;
  kind: string;
  hold: string | null;
  order: string | null;
  op: string | null;
  user: string | null;
  body: string;
};

const ledgerStatement = `copy ticketing.inventory_journal
  (event_id, version, at, partition, epoch, entry, position, kind, hold_id, order_id, op, user_id, body)
  from stdin (format binary)`;
const rowBytes = 600;
const heldKind = Buffer.from('held');

/** Rows of the ledger, spelled out as they come, so that only sending them is left for the transaction. */
export class LedgerRows {
  private readonly rows: CopyRows;
  private readonly from: { partition: number; epoch: number };

  constructor(from: { partition: number; epoch: number }, expected: number) {
    this.from = from;
    this.rows = new CopyRows(13, expected * rowBytes);
  }

  /** Answers what `hash` makes of a zero byte and the body. */
  add<Hash>(row: LedgerRow, hash: (zeroAndBody: Buffer) => Hash): Hash {
    const { rows, from } = this;
    rows.row();
    rows.commonUuid(row.event);
    rows.int8(row.version);
    rows.time(row.at);
    rows.int2(from.partition);
    rows.int8(from.epoch);
    rows.int8(row.entry);
    rows.int4(row.position);
    rows.text(row.kind);
    rows.uuidOrNull(row.hold);
    rows.uuidOrNull(row.order);
    rows.textOrNull(row.op);
    rows.uuidOrNull(row.user);
    return rows.hashed(row.body, hash);
  }

  /** The same for a fact that is bytes already. */
  addHeld<Hash>(held: HeldBytes, entry: number, position: number, hash: (zeroAndBody: Buffer) => Hash): Hash {
    const { rows, from } = this;
    rows.row();
    rows.uuidOf(held.eventId);
    rows.int8(held.version);
    rows.time(held.at);
    rows.int2(from.partition);
    rows.int8(from.epoch);
    rows.int8(entry);
    rows.int4(position);
    rows.bytes(heldKind);
    rows.uuidOf(held.hold);
    rows.null();
    rows.null();
    if (held.hasUser) rows.uuidOf(held.user);
    else rows.null();
    rows.bytes(held.text.subarray(1, held.textEnd));
    return hash(held.text.subarray(0, held.textEnd));
  }

  mark() {
    return this.rows.mark();
  }

  back(to: Mark): void {
    this.rows.back(to);
  }

  async write(tx: Tx): Promise<void> {
    await tx.copyIn(ledgerStatement, this.rows.end());
  }
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
