/**
 * The least that Stripe takes, in minor units: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. It goes by
 * the currency that the account is paid out in; where that is another one Stripe converts first and may refuse a little more,
 * which is then its answer. Of a currency without a row it says nothing until it is asked.
 */
const least: Readonly<Record<string, number>> = {
  USD: 50,
  AED: 200,
  AUD: 50,
  BGN: 100,
  BRL: 50,
  CAD: 50,
  CHF: 50,
  CZK: 1_500,
  DKK: 250,
  EUR: 50,
  GBP: 30,
  HKD: 400,
  HUF: 17_500,
  INR: 50,
  JPY: 50,
  MXN: 1_000,
  MYR: 200,
  NOK: 300,
  NZD: 50,
  PLN: 200,
  RON: 200,
  SEK: 300,
  SGD: 50,
  THB: 1_000,
};

export function leastOf(currency: string): number {
  return least[currency] ?? 1;
}
