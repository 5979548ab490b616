/** Money came, and the tickets were gone: it goes back in full. */
import { eventRows, type OrderAbout } from './order.ts';
import { type Content, type Rendered, render } from './render.ts';
import { type Locale, moneyText } from './words.ts';

type Said = Pick<Content, 'subject' | 'title' | 'paragraphs' | 'closing'>;

const content: Record<Locale, (about: OrderAbout, money: string) => Said> = {
  en: ({ event, total }, money) => ({
    subject: `No tickets for ${event}: ${total === 0 ? 'nothing was charged' : 'you get your money back'}`,
    title: `We could not get you tickets for ${event}`,
    paragraphs: [
      'Your reservation had ended when your payment arrived, and by then the tickets were sold.',
      total === 0
        ? 'Nothing was charged.'
        : `Your payment of ${money} is refunded in full. Banks take 5 to 10 days to show it; a payment that was only authorised disappears.`,
    ],
    closing: 'We are sorry. You do not have to do anything.',
  }),
  de: ({ event, total }, money) => ({
    subject: `Keine Karten für ${event}: ${total === 0 ? 'es wurde nichts berechnet' : 'Sie bekommen Ihr Geld zurück'}`,
    title: `Wir konnten Ihnen keine Karten für ${event} beschaffen`,
    paragraphs: [
      'Ihre Reservierung war abgelaufen, als Ihre Zahlung ankam, und die Karten waren inzwischen verkauft.',
      total === 0
        ? 'Es wurde nichts berechnet.'
        : `Ihre Zahlung von ${money} wird vollständig erstattet. Banken brauchen 5 bis 10 Tage, bis es zu sehen ist; eine nur vorgemerkte Zahlung verschwindet.`,
    ],
    closing: 'Das tut uns leid. Sie müssen nichts weiter tun.',
  }),
};

export function unfulfilled(about: OrderAbout, locale: Locale): Rendered {
  const money = moneyText({ amount: about.total, currency: about.currency }, locale);
  return render({ ...content[locale](about, money), rows: eventRows(about, locale) }, locale);
}
