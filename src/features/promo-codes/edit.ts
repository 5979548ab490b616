/** Promo codes of an event: made, listed, and changed in when and how often they are good, never in what they are worth. */
import { z } from 'zod';
import type { EventId, LineId } from '../../domain/ids.ts';
import { type Promo, promoKinds } from '../../domain/pricing/promo.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { eventById } from '../../persistence/queries/events.ts';
import {
  editPromo,
  insertPromo,
  type PromoRecord,
  promoById,
  promosOf,
} from '../../persistence/queries/promo-codes.ts';
import type { Ctx } from '../context.ts';
import { type Expected, isExpected } from '../events/expected.ts';
import { instant, lineId, price, shortText } from '../input.ts';

const usesMax = z.int().min(1).max(10_000_000).nullable();
const tiersMax = 100;

const terms = {
  startsAt: instant.nullable(),
  endsAt: instant.nullable(),
  usesMax,
  perBuyerMax: usesMax,
  active: z.boolean(),
};

const inOrder = ({ startsAt, endsAt }: { startsAt?: number | null; endsAt?: number | null }) =>
  startsAt == null || endsAt == null || startsAt < endsAt;

export const createPromoInput = z
  .strictObject({
    code: shortText.max(64),
    kind: z.enum(promoKinds),
    /** percent: basis points. amount: minor units. */
    value: price.min(1),
    tierIds: z.array(lineId).min(1).max(tiersMax).nullable().default(null),
    startsAt: terms.startsAt.default(null),
    endsAt: terms.endsAt.default(null),
    usesMax: usesMax.default(null),
    perBuyerMax: usesMax.default(null),
    active: terms.active.default(true),
  })
  .refine(({ kind, value }) => kind !== 'percent' || value <= 10_000, {
    path: ['value'],
    message: 'must be at most 10000 basis points',
  })
  .refine(inOrder, { path: ['endsAt'], message: 'must be after startsAt' });
export type CreatePromoInput = z.output<typeof createPromoInput>;

export const editPromoInput = z
  .strictObject(terms)
  .partial()
  .refine((given) => Object.values(given).some((value) => value !== undefined), 'must change something');
export type EditPromoInput = z.output<typeof editPromoInput>;

export type ShownPromo = { status: 'found'; promo: PromoRecord; currency: string };

export async function createPromo(
  ctx: Ctx,
  event: EventId,
  input: CreatePromoInput,
  id: string,
): Promise<ShownPromo | Refusal> {
  const found = await eventById(ctx.db, event);
  if (!found) return { status: 'event_unknown' };
  const tiers = new Set(found.lines.filter(({ kind }) => kind === 'tier').map(({ line }) => line));
  if (input.tierIds?.some((tier: LineId) => !tiers.has(tier))) return { status: 'tier_unknown' };
  const { tierIds, ...rest } = input;
  const promo: Promo = { id, ...rest, tiers: tierIds };
  return inTransaction(ctx.db, { role: 'app' }, async (tx) => {
    // The same request again, whose answer was lost.
    const before = await promoById(tx, event, id, false);
    if (!before && !(await insertPromo(tx, event, promo))) return { status: 'promo_code_exists' };
    return { status: 'found', promo: (await promoById(tx, event, id, false))!, currency: found.currency };
  });
}

export async function changePromo(
  ctx: Ctx,
  event: EventId,
  promo: string,
  input: EditPromoInput,
  expected: Expected,
): Promise<ShownPromo | Refusal> {
  const found = await eventById(ctx.db, event);
  if (!found) return { status: 'event_unknown' };
  return inTransaction(ctx.db, { role: 'app' }, async (tx) => {
    const before = await promoById(tx, event, promo, true);
    if (!before) return { status: 'promo_code_unknown' };
    if (!isExpected(expected, before.version)) return { status: 'version_conflict' };
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    if (!inOrder({ ...before, ...given })) {
      return { status: 'input_invalid', detail: 'endsAt must be after startsAt' };
    }
    await editPromo(tx, promo, given);
    return { status: 'found', promo: (await promoById(tx, event, promo, false))!, currency: found.currency };
  });
}

export async function listPromos(
  ctx: Ctx,
  event: EventId,
): Promise<{ status: 'listed'; promos: PromoRecord[]; currency: string } | Refusal> {
  const found = await eventById(ctx.db, event);
  if (!found) return { status: 'event_unknown' };
  const promos = await inTransaction(ctx.db, { role: 'app', readOnly: true }, (tx) => promosOf(tx, event));
  return { status: 'listed', promos, currency: found.currency };
}
