/** Prices that change when their time has come or enough is taken. */
import { sql } from 'kysely';
import type { EventId, LineId, OpId } from '../../domain/ids.ts';
import type { Tx } from '../database.ts';

export type StepOutcome = 'applied' | 'passed_over' | 'refused';

/** Either `startsAt` (Unix ms) or `afterQuantity` (sold and held together) says when. `version` counts edits. */
export type PriceStep = {
  id: string;
  tier: LineId;
  position: number;
  price: number;
  startsAt: number | null;
  afterQuantity: number | null;
  outcome: StepOutcome | null;
  version: number;
};

function steps(tx: Tx, event: EventId) {
  return tx
    .selectFrom('ticketing.price_steps')
    .selectAll()
    .where('event_id', '=', event)
    .where('deleted_at', 'is', null);
}

type Row = Awaited<ReturnType<ReturnType<typeof steps>['executeTakeFirstOrThrow']>>;

function stepOf(row: Row): PriceStep {
  return {
    id: row.id,
    tier: row.tier_id as LineId,
    position: row.position,
    price: row.price_cents,
    startsAt: row.starts_at?.getTime() ?? null,
    afterQuantity: row.after_quantity,
    outcome: row.outcome,
    version: row.version,
  };
}

export async function stepsOf(tx: Tx, event: EventId): Promise<PriceStep[]> {
  const rows = await steps(tx, event).orderBy('tier_id').orderBy('position').execute();
  return rows.map(stepOf);
}

/** Locked until the transaction ends. */
export async function lockedStep(tx: Tx, event: EventId, id: string): Promise<PriceStep | undefined> {
  const row = await steps(tx, event).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && stepOf(row);
}

/** Answers false when the tier has a step at this position. */
export async function insertStep(
  tx: Tx,
  event: EventId,
  step: Omit<PriceStep, 'outcome' | 'version'> & { actor: string },
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    insert into ticketing.price_steps (id, event_id, tier_id, position, price_cents, starts_at, after_quantity, actor)
    values (${step.id}, ${event}, ${step.tier}, ${step.position}, ${step.price},
      ${step.startsAt === null ? null : new Date(step.startsAt)}, ${step.afterQuantity}, ${step.actor})
    on conflict (tier_id, position) where deleted_at is null do nothing returning id
  `.execute(tx);
  return rows.length === 1;
}

export async function removeStep(tx: Tx, id: string): Promise<void> {
  await sql`
    update ticketing.price_steps set deleted_at = now(), version = version + 1, updated_at = now() where id = ${id}
  `.execute(tx);
}

export type DueStep = { id: string; event: EventId; tier: LineId; price: number; actor: string };

/**
 * The next tier that has a step due: of several due ones the last by position counts. Locked, so that no two workers carry
 * out the same one; a tier somebody else is at is passed by. `now`: Unix ms.
 */
export async function claimDueStep(
  tx: Tx,
  now: number,
  failed: readonly string[],
): Promise<DueStep | undefined> {
  const { rows } = await sql<DueStep>`
    select s.id, s.event_id as event, s.tier_id as tier, s.price_cents as price, s.actor
    from ticketing.price_steps s join ticketing.ticket_tiers t on t.id = s.tier_id
    join events.events e on e.id = s.event_id and e.inventory_authority = 'redis'
    where s.done_at is null and s.deleted_at is null and s.id <> all (${sql.val([...failed])}::uuid[])
      and (s.starts_at <= ${new Date(now)} or t.reserved_quantity + t.issued_quantity >= s.after_quantity)
    order by s.tier_id, s.position desc limit 1
    for update of s skip locked
  `.execute(tx);
  return rows[0];
}

/** Whether the ledger has the step's change of price already: it keeps them for good, Redis for two hours. */
export async function isRepriced(tx: Tx, event: EventId, op: OpId): Promise<boolean> {
  const { rows } = await sql`
    select 1 from ticketing.inventory_journal where event_id = ${event} and kind = 'repriced' and op = ${op} limit 1
  `.execute(tx);
  return rows.length > 0;
}

/** The step, and with it those of its tier that come before it and were not carried out: a price never goes back. */
export async function closeStep(
  tx: Tx,
  step: { id: string; tier: LineId },
  outcome: StepOutcome,
): Promise<void> {
  await sql`
    update ticketing.price_steps s set done_at = now(), version = s.version + 1, updated_at = now(),
      outcome = case when s.id = ${step.id} then ${outcome} else 'passed_over' end
    from ticketing.price_steps last
    where last.id = ${step.id} and s.tier_id = ${step.tier} and s.position <= last.position
      and s.done_at is null and s.deleted_at is null
  `.execute(tx);
}
