/** An amount of one currency, in whole minor units (cents of EUR, yen of JPY). `currency` is ISO 4217 in capitals. */
export type Money = { amount: number; currency: string };
