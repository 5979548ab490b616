/** What mails about an order are told, and the rows they share. Amounts are minor units of `currency`. */
import { type Locale, moneyText, whenText } from './words.ts';

export type OrderAbout = {
  /** As it is shown: `ord_...`. */
  order: string;
  event: string;
  venue: string;
  /** Unix ms. */
  startsAt: number;
  timeZone: string;
  currency: string;
  lines: { name: string; quantity: number; unitPrice: number }[];
  discount: number;
  fees: number;
  total: number;
  /** Where its tickets are. */
  url: string;
};

const labels: Record<
  Locale,
  Record<'event' | 'when' | 'where' | 'order' | 'discount' | 'fees' | 'total', string>
> = {
  en: {
    event: 'Event',
    when: 'When',
    where: 'Where',
    order: 'Order',
    discount: 'Discount',
    fees: 'Fees',
    total: 'Total',
  },
  de: {
    event: 'Veranstaltung',
    when: 'Wann',
    where: 'Wo',
    order: 'Bestellung',
    discount: 'Rabatt',
    fees: 'Gebühren',
    total: 'Summe',
  },
};

export function eventRows(about: OrderAbout, locale: Locale): [string, string][] {
  const label = labels[locale];
  return [
    [label.event, about.event],
    [label.when, whenText(about.startsAt, about.timeZone, locale)],
    ...(about.venue === '' ? [] : [[label.where, about.venue] as [string, string]]),
    [label.order, about.order],
  ];
}

export function priceRows(about: OrderAbout, locale: Locale): [string, string][] {
  const label = labels[locale];
  const money = (amount: number) => moneyText({ amount, currency: about.currency }, locale);
  return [
    ...about.lines.map(({ name, quantity, unitPrice }): [string, string] => [
      `${quantity} × ${name}`,
      money(quantity * unitPrice),
    ]),
    ...(about.discount === 0 ? [] : [[label.discount, `−${money(about.discount)}`] as [string, string]]),
    ...(about.fees === 0 ? [] : [[label.fees, money(about.fees)] as [string, string]]),
    [label.total, money(about.total)],
  ];
}

export function quantityOf({ lines }: OrderAbout): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}
