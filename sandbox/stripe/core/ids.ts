/** Ids of the shapes that Stripe's have. They are random, so that two runs over one data file never meet. */
import { randomBytes } from 'node:crypto';

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Random bytes, fetched many at a time: each order needs some five hundred. */
let pool = randomBytes(0);
let used = 0;

export function randomText(length: number): string {
  if (used + length > pool.length) {
    pool = randomBytes(8_192);
    used = 0;
  }
  let text = '';
  for (const byte of pool.subarray(used, used + length)) text += letters[byte % letters.length];
  used += length;
  return text;
}

export const newId = {
  session: () => `cs_test_a1${randomText(56)}`,
  line: () => `li_1${randomText(23)}`,
  price: () => `price_1${randomText(23)}`,
  product: () => `prod_${randomText(14)}`,
  intent: () => `pi_3${randomText(23)}`,
  method: () => `pm_1${randomText(23)}`,
  charge: () => `ch_3${randomText(23)}`,
  refund: () => `re_3${randomText(23)}`,
  dispute: () => `du_1${randomText(23)}`,
  balance: () => `txn_3${randomText(23)}`,
  event: () => `evt_1${randomText(23)}`,
  endpoint: () => `we_1${randomText(23)}`,
  delivery: () => `whd_${randomText(20)}`,
  request: () => `req_${randomText(14)}`,
  secretOf: (id: string) => `${id}_secret_${randomText(25)}`,
  webhookSecret: () => `whsec_${randomText(32)}`,
};
