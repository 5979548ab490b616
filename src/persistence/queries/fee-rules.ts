/** Fee rules of events, by the time from which they count. Never changed, only followed by another. */
import { sql } from 'kysely';
import type { EventId } from '../../domain/ids.ts';
import type { FeeRule } from '../../domain/pricing/fees.ts';
import type { Tx } from '../database.ts';

/** `validFrom`: Unix ms. `version` counts from 1. */
export type FeeRuleRecord = FeeRule & { version: number; validFrom: number; actor: string };

function rules(tx: Tx, event: EventId) {
  return tx.selectFrom('ticketing.fee_rules').selectAll().where('event_id', '=', event);
}

type Row = Awaited<ReturnType<ReturnType<typeof rules>['executeTakeFirstOrThrow']>>;

function recordOf(row: Row): FeeRuleRecord {
  return {
    basisPoints: row.basis_points,
    fixed: row.fixed_cents,
    bearer: row.bearer,
    version: row.version,
    validFrom: row.valid_from.getTime(),
    actor: row.actor,
  };
}

/** The rule in force at a time (Unix ms), if there is one: the one that began last. */
export async function feeRuleAt(tx: Tx, event: EventId, at: number): Promise<FeeRuleRecord | undefined> {
  const row = await rules(tx, event)
    .where('valid_from', '<=', new Date(at))
    .orderBy('valid_from', 'desc')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && recordOf(row);
}

/** The one written last, whether it is in force yet or not. */
export async function latestFeeRule(tx: Tx, event: EventId): Promise<FeeRuleRecord | undefined> {
  const row = await rules(tx, event).orderBy('version', 'desc').limit(1).executeTakeFirst();
  return row && recordOf(row);
}

/** One writer at a time, by the key: a version that is there is answered with false. */
export async function insertFeeRule(tx: Tx, event: EventId, rule: FeeRuleRecord): Promise<boolean> {
  const { rows } = await sql<{ version: number }>`
    insert into ticketing.fee_rules (event_id, version, basis_points, fixed_cents, bearer, valid_from, actor)
    values (${event}, ${rule.version}, ${rule.basisPoints}, ${rule.fixed}, ${rule.bearer}, ${new Date(rule.validFrom)},
      ${rule.actor})
    on conflict do nothing returning version
  `.execute(tx);
  return rows.length === 1;
}
