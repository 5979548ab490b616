/** What a hold costs, all in: its own frozen prices, the fee rule of the moment it was made, and a promo code. */
import type { LineId } from '../../domain/ids.ts';
import { noFees } from '../../domain/pricing/fees.ts';
import { promoRefusal } from '../../domain/pricing/promo.ts';
import { type Quote, quoteOf } from '../../domain/pricing/quote.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { HoldView } from '../../inventory/inventory.ts';
import { inTransaction } from '../../persistence/database.ts';
import { feeRuleAt } from '../../persistence/queries/fee-rules.ts';
import { type PromoRecord, promoByCode } from '../../persistence/queries/promo-codes.ts';
import type { CatalogEvent } from '../catalog.ts';
import type { Ctx } from '../context.ts';

export type Priced = { status: 'priced'; quote: Quote; promo: PromoRecord | undefined };

/** `now`: Unix ms by Redis's clock. The uses of a code are not counted here: that is done where one is taken. */
export async function priceHold(
  ctx: Ctx,
  { event, hold, now }: { event: CatalogEvent; hold: HoldView; now: number },
  promoCode: string | undefined,
): Promise<Priced | Refusal> {
  const { currency } = event;
  const [rule, promo] = await inTransaction(ctx.db, { role: 'app', readOnly: true }, async (tx) => [
    await feeRuleAt(tx, event.event, hold.heldAt),
    promoCode === undefined ? undefined : await promoByCode(tx, event.event, promoCode),
  ]);
  if (promoCode !== undefined) {
    const lines = hold.items.map(({ tier, quantity, price }) => ({ tier, quantity, unitPrice: price }));
    const refusal = promoRefusal(promo, lines, now);
    if (refusal) return refusal;
  }
  const quote = quoteOf({ items: hold.items, currency, fees: rule ?? noFees, promo });
  return { status: 'priced', quote, promo };
}

/** What a tier is called: the event and the tier, as it stands on the bill. */
export function titleOf(event: CatalogEvent, tier: LineId): string {
  const line = event.lines.find((each) => each.line === tier);
  return [event.name, line?.name].filter(Boolean).join(', ');
}
