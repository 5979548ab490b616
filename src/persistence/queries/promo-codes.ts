/** Promo codes of events, and how often they are used: by the orders that have one and are pending or were sold. */
import { sql } from 'kysely';
import type { BuyerId, EventId, LineId, OrderId } from '../../domain/ids.ts';
import { type Promo, promoKey } from '../../domain/pricing/promo.ts';
import type { Tx } from '../database.ts';

/** `version` counts edits, for If-Match. */
export type PromoRecord = Promo & { version: number };

function codes(tx: Tx, event: EventId) {
  return tx
    .selectFrom('ticketing.promo_codes')
    .selectAll()
    .where('event_id', '=', event)
    .where('deleted_at', 'is', null);
}

type Row = Awaited<ReturnType<ReturnType<typeof codes>['executeTakeFirstOrThrow']>>;

function recordOf(row: Row): PromoRecord {
  return {
    id: row.id,
    code: row.code,
    kind: row.kind,
    value: row.value,
    tiers: row.tier_ids as LineId[] | null,
    startsAt: row.starts_at?.getTime() ?? null,
    endsAt: row.ends_at?.getTime() ?? null,
    usesMax: row.uses_max,
    perBuyerMax: row.per_buyer_max,
    active: row.active,
    version: row.version,
  };
}

export async function promoByCode(tx: Tx, event: EventId, code: string): Promise<PromoRecord | undefined> {
  const row = await codes(tx, event).where('code_key', '=', promoKey(code)).executeTakeFirst();
  return row && recordOf(row);
}

/** `lock`: nobody else counts or edits it until the transaction ends. */
export async function promoById(
  tx: Tx,
  event: EventId,
  id: string,
  lock: boolean,
): Promise<PromoRecord | undefined> {
  const query = codes(tx, event).where('id', '=', id);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  return row && recordOf(row);
}

export async function promosOf(tx: Tx, event: EventId): Promise<PromoRecord[]> {
  const rows = await codes(tx, event).orderBy('created_at').orderBy('id').execute();
  return rows.map(recordOf);
}

/** Of all buyers and of this one, not counting `order` itself. Only right while the code's row is locked. */
export async function promoUses(
  tx: Tx,
  promo: string,
  { buyer, order }: { buyer: BuyerId; order: OrderId },
): Promise<{ uses: number; own: number }> {
  const { rows } = await sql<{ uses: number; own: number }>`
    select uses, own from ticketing.promo_uses(${promo}, ${buyer}, ${order})
  `.execute(tx);
  return rows[0]!;
}

const instant = (unixMs: number | null) => (unixMs === null ? null : new Date(unixMs));

/** Answers false when the event has this code already. */
export async function insertPromo(tx: Tx, event: EventId, promo: Promo): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('ticketing.promo_codes')
    .values({
      id: promo.id,
      event_id: event,
      code: promo.code,
      code_key: promoKey(promo.code),
      kind: promo.kind,
      value: promo.value,
      tier_ids: promo.tiers,
      starts_at: instant(promo.startsAt),
      ends_at: instant(promo.endsAt),
      uses_max: promo.usesMax,
      per_buyer_max: promo.perBuyerMax,
      active: promo.active,
    })
    .onConflict((conflict) => conflict.constraint('promo_codes_event_code').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** What may change once people have the code: when and how often, never what it is worth. */
export type PromoEdit = Partial<Pick<Promo, 'startsAt' | 'endsAt' | 'usesMax' | 'perBuyerMax' | 'active'>>;

export async function editPromo(tx: Tx, promo: string, edit: PromoEdit): Promise<void> {
  await tx
    .updateTable('ticketing.promo_codes')
    .set((eb) => ({
      ...(edit.startsAt === undefined ? {} : { starts_at: instant(edit.startsAt) }),
      ...(edit.endsAt === undefined ? {} : { ends_at: instant(edit.endsAt) }),
      ...(edit.usesMax === undefined ? {} : { uses_max: edit.usesMax }),
      ...(edit.perBuyerMax === undefined ? {} : { per_buyer_max: edit.perBuyerMax }),
      ...(edit.active === undefined ? {} : { active: edit.active }),
      version: eb('version', '+', 1),
      updated_at: sql<Date>`now()`,
    }))
    .where('id', '=', promo)
    .execute();
}
