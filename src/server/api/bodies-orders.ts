/** The JSON of orders and prices, as src/server/views-orders.ts builds it. */
import { z } from 'zod';
import { orderStatuses } from '../../domain/order.ts';
import { feeBearers } from '../../domain/pricing/fees.ts';
import { promoKinds } from '../../domain/pricing/promo.ts';
import { bodies, money } from './bodies.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_${uuid}$`));
const instant = z.iso.datetime();
const count = z.int().min(0);
const rowVersion = z.int().min(0).describe('Of the row: what the ETag says');

const price = z.object({ subtotal: money, discount: money, fees: money, total: money });

const orderFields = {
  id: id('ord'),
  eventId: id('evt'),
  holdId: id('hold').nullable(),
  status: z.enum(orderStatuses),
  mode: z.enum(['hosted', 'intent', 'free', 'comp']),
  lines: z.array(
    z.object({
      tierId: id('tier'),
      title: z.string(),
      quantity: z.int().min(1),
      unitPrice: money,
      discount: money,
      fees: money,
      total: money,
    }),
  ),
  price: price.describe('All in: total = subtotal - discount + fees'),
  expiresAt: instant.nullable().describe('Until when it can be paid'),
  checkoutUrl: z.string().nullable().describe('Where it is paid, while it can be'),
  tickets: z.array(
    z.object({ id: id('tkt'), tierId: id('tier'), ordinal: z.int().min(1), status: z.string() }),
  ),
  createdAt: instant,
  paidAt: instant.nullable(),
};

export const order = z.object(orderFields).register(bodies, { id: 'Order' });
export const checkedOut = z
  .object({
    ...orderFields,
    clientSecret: z.string().nullable().describe('Of mode intent: for the form, told nowhere else'),
  })
  .register(bodies, { id: 'CheckedOut' });
export const orderPage = z
  .object({ orders: z.array(order), next: id('ord').nullable().describe('The `after` of the next page') })
  .register(bodies, { id: 'OrderPage' });

export const orderRecord = z
  .object({
    ...orderFields,
    buyer: z.object({ email: z.string(), name: z.string().nullable(), locale: z.string() }).nullable(),
    attempt: z.int().min(1),
    late: z.boolean(),
    captured: money,
    payment: z.object({ kind: z.enum(['session', 'intent']), id: z.string() }).nullable(),
    comp: z.object({ actor: z.string(), reason: z.string() }).nullable(),
    version: rowVersion,
  })
  .register(bodies, { id: 'OrderRecord' });
export const orderRecordPage = z
  .object({ orders: z.array(orderRecord), next: id('ord').nullable() })
  .register(bodies, { id: 'OrderRecordPage' });

const feeRule = z.object({
  version: rowVersion.describe('Counts from 1; 0 where there is no rule'),
  basisPoints: count,
  fixed: money.describe('Per ticket that is not free'),
  bearer: z.enum(feeBearers),
  from: instant.nullable(),
});
export const fees = z
  .object({
    version: rowVersion.describe('Of the rule written last: what the ETag says'),
    latest: feeRule.describe('The rule written last'),
    inForce: feeRule.describe('The rule for what is held now'),
  })
  .register(bodies, { id: 'Fees' });

const promoFields = {
  id: id('promo'),
  code: z.string(),
  kind: z.enum(promoKinds),
  value: z.int().min(1).describe('percent: basis points. amount: minor units'),
  tierIds: z.array(id('tier')).nullable().describe('Null is every tier'),
  startsAt: instant.nullable(),
  endsAt: instant.nullable(),
  usesMax: z.int().nullable(),
  perBuyerMax: z.int().nullable(),
  active: z.boolean(),
  version: rowVersion,
};
export const promo = z.object(promoFields).register(bodies, { id: 'PromoCode' });
export const promoList = z.object({ promoCodes: z.array(promo) }).register(bodies, { id: 'PromoCodeList' });

export const priceStep = z
  .object({
    id: id('step'),
    tierId: id('tier'),
    position: z.int().min(1),
    price: money,
    startsAt: instant.nullable(),
    afterQuantity: z.int().nullable(),
    outcome: z.enum(['applied', 'passed_over', 'refused']).nullable().describe('Null while it is not due'),
    version: rowVersion,
  })
  .register(bodies, { id: 'PriceStep' });
export const priceStepList = z
  .object({ priceSteps: z.array(priceStep) })
  .register(bodies, { id: 'PriceStepList' });
export const dropped = z.object({ id: id('step') }).register(bodies, { id: 'DroppedPriceStep' });
