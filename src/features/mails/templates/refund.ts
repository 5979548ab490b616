/** Money is on its way back, and tickets are void. */
import type { Money } from '../../../domain/money.ts';
import { eventRows, type OrderAbout } from './order.ts';
import { type Content, type Rendered, render } from './render.ts';
import { type Locale, moneyText } from './words.ts';

export type RefundAbout = OrderAbout & {
  refunded: Money;
  /** Whether tickets are void by it. */
  voids: boolean;
  /** Tickets of the order that are still good. */
  kept: number;
};

type Said = Pick<Content, 'subject' | 'title' | 'paragraphs' | 'closing'> & { row: string };

const content: Record<Locale, (about: RefundAbout, money: string) => Said> = {
  en: ({ event, kept, voids }, money) => ({
    subject: `Your refund for ${event}`,
    title: `Your refund for ${event}`,
    paragraphs: [
      'The money goes back the way you paid. Banks take 5 to 10 days to show it.',
      !voids
        ? 'Your tickets stay as they are.'
        : kept === 0
          ? 'The tickets of this order are void and do not open the door any more.'
          : `The refunded tickets are void; ${kept === 1 ? '1 ticket' : `${kept} tickets`} of this order can still be used.`,
    ],
    row: 'Refunded',
    closing:
      money === 'free' ? 'Nothing was paid, so nothing is paid back.' : 'You do not have to do anything.',
  }),
  de: ({ event, kept, voids }, money) => ({
    subject: `Ihre Erstattung für ${event}`,
    title: `Ihre Erstattung für ${event}`,
    paragraphs: [
      'Das Geld geht auf dem Weg zurück, auf dem Sie bezahlt haben. Banken brauchen 5 bis 10 Tage, bis es zu sehen ist.',
      !voids
        ? 'Ihre Karten bleiben, wie sie sind.'
        : kept === 0
          ? 'Die Karten dieser Bestellung sind ungültig und öffnen den Einlass nicht mehr.'
          : `Die erstatteten Karten sind ungültig; ${kept === 1 ? '1 Karte' : `${kept} Karten`} dieser Bestellung ${kept === 1 ? 'gilt' : 'gelten'} weiter.`,
    ],
    row: 'Erstattet',
    closing:
      money === 'kostenlos'
        ? 'Es wurde nichts bezahlt und wird nichts erstattet.'
        : 'Sie müssen nichts weiter tun.',
  }),
};

export function refund(about: RefundAbout, locale: Locale): Rendered {
  const money = moneyText(about.refunded, locale);
  const { row, paragraphs, ...said } = content[locale](about, money);
  const paid = about.refunded.amount > 0;
  const rows: [string, string][] = [
    ...eventRows(about, locale),
    ...(paid ? [[row, money] as [string, string]] : []),
  ];
  return render({ ...said, paragraphs: paid ? paragraphs : paragraphs.slice(1), rows }, locale);
}
