/** Settings of the checkout. */
import { z } from 'zod';

export const checkoutSettings = {
  /** How long a form of ours can be paid. A hosted page has the provider's own least, half an hour, and a minute for its clock. */
  CHECKOUT_INTENT_SECONDS: z.coerce
    .number('must be a whole number from 120 to 3600')
    .int()
    .min(120)
    .max(3_600)
    .default(600),
};
