/** The bodies that are sent, under the names they have in the document. The schemas are those that judge the bodies. */
import { z } from 'zod';

export const bodiesSent = z.registry<{ id: string }>();

const named =
  (id: string) =>
  <Schema extends z.ZodType>(schema: Schema): Schema => {
    bodiesSent.add(schema, { id });
    return schema;
  };

export const inputs = {
  reserve: named('Reserve'),
  createEvent: named('CreateEvent'),
  editEvent: named('EditEvent'),
  addTier: named('AddTier'),
  changeTier: named('ChangeTier'),
  setSale: named('SetSale'),
  reason: named('Reason'),
  withhold: named('Withhold'),
  refund: named('RefundRequest'),
  cancelEvent: named('CancelEvent'),
  checkout: named('Checkout'),
  comp: named('Comp'),
  feeRule: named('FeeRule'),
  createPromo: named('CreatePromoCode'),
  editPromo: named('EditPromoCode'),
  planStep: named('PlanPriceStep'),
  reconcile: named('Reconcile'),
  acceptPayment: named('AcceptPayment'),
  scan: named('Scan'),
  scans: named('Scans'),
};
