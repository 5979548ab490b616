/** Amounts are integers of the currency's smallest unit, as at Stripe. */

import type { Params } from '../http/params.ts';
import { invalid } from './errors.ts';

/** Currencies without cents; all others here have two digits. */
const whole = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf'.split(' '));
/** Below these Stripe refuses a charge; elsewhere its rule is the worth of half a dollar, which is not tried here. */
const least: Record<string, number> = { usd: 50, eur: 50, gbp: 30, chf: 50, jpy: 50, cad: 50, aud: 50 };
const amountMax = 99_999_999;

export function readCurrency(params: Params, name = 'currency'): string {
  const currency = params.needText(name).toLowerCase();
  if (/^[a-z]{3}$/.test(currency)) return currency;
  throw invalid(`Invalid currency: ${currency}.`, params.name(name));
}

/** `$15.00`, `15.00 EUR`: how errors write money. */
export function spoken(amount: number, currency: string): string {
  const text = whole.has(currency) ? String(amount) : (amount / 100).toFixed(2);
  return currency === 'usd' ? `$${text}` : `${text} ${currency.toUpperCase()}`;
}

/** `what` begins the message, e.g. `Amount`. */
export function checkAmount(amount: number, currency: string, what: string, param: string): void {
  if (amount < (least[currency] ?? 1)) {
    const message = `${what} must be at least ${spoken(least[currency] ?? 1, currency)} ${currency}`;
    throw invalid(message, param, 'amount_too_small');
  }
  if (amount > amountMax) {
    const message = `${what} must be no more than ${spoken(amountMax, currency)} ${currency}`;
    throw invalid(message, param, 'amount_too_large');
  }
}
