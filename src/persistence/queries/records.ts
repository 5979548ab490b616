/** How far Postgres has come with an event, and what its tables say at that point. */
import { sql } from 'kysely';
import type { Counters, Fact } from '../../domain/facts.ts';
import type { EventId, LineId } from '../../domain/ids.ts';
import { type Database, inTransaction, type Tx } from '../database.ts';

/** Version of the last fact folded into the tables, of the events that have facts. */
export async function projectedVersions(db: Database, events: EventId[]): Promise<Map<string, number>> {
  const { rows } = await inTransaction(db, { role: 'app', readOnly: true, prepared: true }, (tx) =>
    sql<{ event: string; version: number }>`
      select event_id as event, projected_version as version from ticketing.journal_heads
      where event_id = any(${events}::uuid[])
    `.execute(tx),
  );
  return new Map(rows.map(({ event, version }) => [event, version]));
}

async function projected(tx: Tx, event: EventId): Promise<number> {
  const head = await tx
    .selectFrom('ticketing.journal_heads')
    .select('projected_version')
    .where('event_id', '=', event)
    .executeTakeFirst();
  return head?.projected_version ?? 0;
}

export type RecordedCounters = {
  /** The version the counters are of. */
  version: number;
  lines: (Counters & { pool: LineId | null })[];
  /** Facts after `since` that are in the counters already, oldest first. */
  later: Fact[];
};

/** Counters, their version and the facts after version `since`, all of one moment. */
export function recordedCounters(db: Database, event: EventId, since: number): Promise<RecordedCounters> {
  const scope = { role: 'app', readOnly: true, isolation: 'repeatable read' } as const;
  return inTransaction(db, scope, async (tx) => {
    const version = await projected(tx, event);
    const columns = ['id', 'quantity', 'reserved_quantity', 'issued_quantity', 'withheld_quantity'] as const;
    const tiers = await tx
      .selectFrom('ticketing.ticket_tiers')
      .select([...columns, 'pool_id'])
      .where('event_id', '=', event)
      .execute();
    const pools = await tx
      .selectFrom('ticketing.inventory_pools')
      .select(columns)
      .where('event_id', '=', event)
      .execute();
    const facts = await tx
      .selectFrom('ticketing.inventory_journal')
      .select('body')
      .where('event_id', '=', event)
      .where('version', '>', since)
      .where('version', '<=', version)
      .orderBy('version')
      .execute();
    return {
      version,
      lines: [...tiers, ...pools.map((pool) => ({ ...pool, pool_id: null }))].map((row) => ({
        line: row.id as LineId,
        pool: row.pool_id as LineId | null,
        capacity: row.quantity,
        held: row.reserved_quantity,
        sold: row.issued_quantity,
        withheld: row.withheld_quantity,
      })),
      later: facts.map(({ body }) => JSON.parse(body) as Fact),
    };
  });
}
