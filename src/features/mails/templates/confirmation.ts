/** The tickets are issued. */
import { eventRows, type OrderAbout, priceRows, quantityOf } from './order.ts';
import { type Content, type Rendered, render } from './render.ts';
import type { Locale } from './words.ts';

const content: Record<
  Locale,
  (about: OrderAbout) => Pick<Content, 'subject' | 'title' | 'paragraphs' | 'closing'> & { label: string }
> = {
  en: (about) => {
    const tickets = quantityOf(about) === 1 ? 'Your ticket' : `Your ${quantityOf(about)} tickets`;
    return {
      subject: `${tickets} for ${about.event}`,
      title: `${tickets} for ${about.event}`,
      paragraphs: [
        'Your order is complete. Show the code of each ticket at the entrance, on a screen or on paper.',
      ],
      label: 'See your tickets',
      closing:
        'Another device asks you to sign in: with this address, by a link that we send you. No password is needed.',
    };
  },
  de: (about) => {
    const tickets = quantityOf(about) === 1 ? 'Ihre Karte' : `Ihre ${quantityOf(about)} Karten`;
    return {
      subject: `${tickets} für ${about.event}`,
      title: `${tickets} für ${about.event}`,
      paragraphs: [
        'Ihre Bestellung ist abgeschlossen. Zeigen Sie den Code jeder Karte am Einlass, auf dem Bildschirm oder auf Papier.',
      ],
      label: 'Zu Ihren Karten',
      closing:
        'Auf einem anderen Gerät melden Sie sich mit dieser Adresse an, über einen Link, den wir Ihnen schicken. Ein Passwort brauchen Sie nicht.',
    };
  },
};

export function confirmation(about: OrderAbout, locale: Locale): Rendered {
  const { label, ...said } = content[locale](about);
  const rows = [...eventRows(about, locale), ...priceRows(about, locale)];
  return render({ ...said, rows, action: { label, url: about.url } }, locale);
}
