/** What `verify` reads: the ledger of one event page by page, and the tables it is compared with. Of one snapshot. */
import { sql } from 'kysely';
import type { Commit } from '../../domain/ledger-hash.ts';
import type { Head, LedgerRow } from '../../domain/ledger-verify.ts';
import type { Tx } from '../database.ts';

const pageRows = 5_000;

/** By version, and a version that is there twice comes twice. */
export async function* ledgerRows(tx: Tx, event: string): AsyncGenerator<LedgerRow> {
  let after = { version: -1, at: '-infinity' };
  for (;;) {
    const { rows } = await sql<LedgerRow & { at: string }>`
      select version, at::text as at, body from ticketing.inventory_journal
      where event_id = ${event} and (version, at) > (${after.version}::bigint, ${after.at}::timestamptz)
      order by version, at limit ${pageRows}
    `.execute(tx);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows) return;
    after = last;
  }
}

export async function* ledgerCommits(tx: Tx, event: string): AsyncGenerator<Commit> {
  let after = -1;
  for (;;) {
    const { rows } = await sql<Commit>`
      select first_version as "firstVersion", last_version as "lastVersion", encode(root, 'hex') as root,
        encode(chain, 'hex') as chain
      from ticketing.journal_commits where event_id = ${event} and first_version > ${after}
      order by first_version limit ${pageRows}
    `.execute(tx);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows) return;
    after = last.firstVersion;
  }
}

export async function ledgerHead(
  tx: Tx,
  event: string,
): Promise<(Head & { projected: number; frozenCause: string | null }) | undefined> {
  const { rows } = await sql<Head & { projected: number; frozenCause: string | null }>`
    select version, encode(chain, 'hex') as chain, projected_version as projected, frozen_cause as "frozenCause"
    from ticketing.journal_heads where event_id = ${event}
  `.execute(tx);
  return rows[0];
}

export async function isEvent(tx: Tx, event: string): Promise<boolean> {
  const { rows } = await sql`select from events.events where id = ${event}`.execute(tx);
  return rows.length > 0;
}

export type ProjectedLine = {
  line: string;
  capacity: number;
  held: number;
  sold: number;
  withheld: number;
  /** Units of tickets that are not void. */
  tickets: number;
};

export async function projectedLines(tx: Tx, event: string): Promise<ProjectedLine[]> {
  const { rows } = await sql<ProjectedLine>`
    with line as (
      select id, id as tier, quantity, reserved_quantity, issued_quantity, withheld_quantity, true as is_tier
      from ticketing.ticket_tiers where event_id = ${event}
      union all
      select id, null, quantity, reserved_quantity, issued_quantity, withheld_quantity, false
      from ticketing.inventory_pools where event_id = ${event}
    ), ticket as (
      select coalesce(l.line, t.tier_id) as line, count(*)::int as units
      from ticketing.tickets t
      cross join lateral (values (t.tier_id), ((select pool_id from ticketing.ticket_tiers where id = t.tier_id))) as l(line)
      where t.event_id = ${event} and t.status <> 'void' and l.line is not null
      group by 1
    )
    select line.id as line, quantity as capacity, reserved_quantity as held, issued_quantity as sold,
      withheld_quantity as withheld, coalesce(ticket.units, 0) as tickets
    from line left join ticket on ticket.line = line.id order by line.id
  `.execute(tx);
  return rows;
}

/** Live holds, `hold tier quantity` each. */
export async function projectedHolds(tx: Tx, event: string): Promise<string[]> {
  const { rows } = await sql<{ row: string }>`
    select id || ' ' || tier_id || ' ' || quantity as row
    from ticketing.ticket_holds
    where status = 'active' and tier_id = any(array(select t.id from ticketing.ticket_tiers t where t.event_id = ${event}))
  `.execute(tx);
  return rows.map(({ row }) => row);
}
