import { describe, expect, test } from 'vitest';
import { confirmation } from './confirmation.ts';
import type { OrderAbout } from './order.ts';
import { refund } from './refund.ts';
import { signIn } from './sign-in.ts';
import { unfulfilled } from './unfulfilled.ts';
import { localeOf, moneyText, whenText } from './words.ts';

const about: OrderAbout = {
  order: 'ord_01939a00-0000-7000-8000-000000000001',
  event: 'Night & Day',
  venue: 'Hall <1>',
  startsAt: Date.UTC(2027, 5, 5, 18),
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  lines: [
    { name: 'Floor', quantity: 2, unitPrice: 4_500 },
    { name: 'Balcony', quantity: 1, unitPrice: 0 },
  ],
  discount: 500,
  fees: 250,
  total: 8_750,
  url: 'https://tickets.example.com/orders/ord_1?a=1&b=2',
};

test('a confirmation as text, in English and German', () => {
  expect(confirmation(about, 'en')).toMatchObject({
    subject: 'Your 3 tickets for Night & Day',
    text: `Your 3 tickets for Night & Day

Your order is complete. Show the code of each ticket at the entrance, on a screen or on paper.

Event: Night & Day
When: Saturday, June 5, 2027 at 8:00 PM (Central European Summer Time)
Where: Hall <1>
Order: ord_01939a00-0000-7000-8000-000000000001
2 × Floor: €90.00
1 × Balcony: free
Discount: −€5.00
Fees: €2.50
Total: €87.50

See your tickets:
https://tickets.example.com/orders/ord_1?a=1&b=2

Another device asks you to sign in: with this address, by a link that we send you. No password is needed.
`,
  });
  expect(
    confirmation({ ...about, venue: '', discount: 0, fees: 0, lines: [about.lines[1]!], total: 0 }, 'de')
      .text,
  ).toBe(`Ihre Karte für Night & Day

Ihre Bestellung ist abgeschlossen. Zeigen Sie den Code jeder Karte am Einlass, auf dem Bildschirm oder auf Papier.

Veranstaltung: Night & Day
Wann: Samstag, 5. Juni 2027 um 20:00 (Mitteleuropäische Sommerzeit)
Bestellung: ord_01939a00-0000-7000-8000-000000000001
1 × Balcony: kostenlos
Summe: kostenlos

Zu Ihren Karten:
https://tickets.example.com/orders/ord_1?a=1&b=2

Auf einem anderen Gerät melden Sie sich mit dieser Adresse an, über einen Link, den wir Ihnen schicken. Ein Passwort brauchen Sie nicht.
`);
});

test('the HTML says the same, escaped, and runs and loads nothing', () => {
  const evil = '<script>alert("1")</script>\'&';
  const { html, subject } = confirmation(
    { ...about, event: evil, venue: evil, lines: [{ ...about.lines[0]!, name: evil }] },
    'en',
  );
  expect(subject).toContain(evil);
  expect(html).toContain(
    '<h1 style="font-size:1.3em">Your 2 tickets for &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;</h1>',
  );
  expect(html).toContain('<td>€90.00</td>');
  expect(html).toContain(
    '<a href="https://tickets.example.com/orders/ord_1?a=1&amp;b=2">See your tickets</a>',
  );
  expect(html).not.toContain('<script');
  expect(html).not.toMatch(/<(img|link|iframe|form)|\bon\w+=|src=/);
  expect(html.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
});

test('refunds: in part, in whole, and of nothing paid', () => {
  const part = refund({ ...about, refunded: { amount: 4_500, currency: 'EUR' }, voids: true, kept: 1 }, 'en');
  expect(part.text).toContain('Refunded: €45.00');
  expect(part.text).toContain('The refunded tickets are void; 1 ticket of this order can still be used.');
  const whole = refund(
    { ...about, refunded: { amount: 8_750, currency: 'EUR' }, voids: true, kept: 0 },
    'de',
  );
  expect(whole.subject).toBe('Ihre Erstattung für Night & Day');
  expect(whole.text).toContain('Erstattet: 87,50 €');
  expect(whole.text).toContain('Die Karten dieser Bestellung sind ungültig');
  const amount = refund(
    { ...about, refunded: { amount: 100, currency: 'EUR' }, voids: false, kept: 2 },
    'en',
  ).text;
  expect(amount).toContain('Your tickets stay as they are.');
  const nothing = refund(
    { ...about, refunded: { amount: 0, currency: 'EUR' }, voids: true, kept: 0 },
    'en',
  ).text;
  expect(nothing).not.toMatch(/Banks|Refunded:/);
  expect(nothing).toContain('Nothing was paid, so nothing is paid back.');
});

test('a payment without tickets is told plainly, with the amount that comes back', () => {
  expect(unfulfilled(about, 'en').subject).toBe('No tickets for Night & Day: you get your money back');
  expect(unfulfilled(about, 'de').text).toContain('Ihre Zahlung von 87,50 € wird vollständig erstattet.');
  expect(unfulfilled({ ...about, total: 0 }, 'en').text).toContain('Nothing was charged.');
});

test('a sign-in mail carries the link and no name', () => {
  const { text, html } = signIn({ url: 'https://tickets.example.com/sign-in/abc', minutes: 15 }, 'en');
  expect(text).toContain('\nhttps://tickets.example.com/sign-in/abc\n');
  expect(text).toContain('once and for 15 minutes');
  expect(html).toContain('<a href="https://tickets.example.com/sign-in/abc">Sign in</a>');
});

describe('words', () => {
  test.each([
    [4_500, 'EUR', 'en', '€45.00'],
    [4_500, 'JPY', 'en', '¥4,500'],
    [4_500, 'KWD', 'en', 'KWD 4.500'],
    [123_456_789, 'EUR', 'de', '1.234.567,89 €'],
    [0, 'EUR', 'de', 'kostenlos'],
  ] as const)('%d of %s in %s: %s', (amount, currency, locale, text) => {
    expect(moneyText({ amount, currency }, locale)).toBe(text);
  });

  test('the clock is the one at the door, on both sides of a change of clocks', () => {
    const hour = 3_600_000;
    const change = Date.UTC(2027, 9, 31, 1);
    expect(whenText(change - hour / 2, 'Europe/Berlin', 'en')).toBe(
      'Sunday, October 31, 2027 at 2:30 AM (Central European Summer Time)',
    );
    expect(whenText(change + hour / 2, 'Europe/Berlin', 'en')).toBe(
      'Sunday, October 31, 2027 at 2:30 AM (Central European Standard Time)',
    );
  });

  test('a language that is not spoken is English', () => {
    expect(['de', 'de-AT', 'DE_ch', 'en-US', 'fr', '', 'd'].map(localeOf)).toEqual([
      'de',
      'de',
      'de',
      'en',
      'en',
      'en',
      'en',
    ]);
  });
});
