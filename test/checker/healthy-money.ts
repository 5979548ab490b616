/**
 * What was paid in the healthy run: three of the balcony late, two of the lounge of which one was refunded, and one of the
 * floor that came too late for its ticket and was given back.
 */
import { balcony, event, floor, id, type Json, lounge } from './healthy.ts';

type Bought = { n: number; tier: string; quantity: number; price: number; status: string; live: number };
export function healthyMoney(): { tables: Record<string, Json[]>; provider: Json } {
  const bought: Bought[] = [
    { n: 302, tier: balcony, quantity: 3, price: 3_000, status: 'paid', live: 3 },
    { n: 303, tier: lounge, quantity: 2, price: 9_000, status: 'partially_refunded', live: 1 },
    { n: 304, tier: floor, quantity: 1, price: 5_000, status: 'refunded_unfulfilled', live: 0 },
  ];
  const refunds = [
    { refund: id(703), order: 303, kind: 'tickets', amount: 9_000 },
    { refund: id(704), order: 304, kind: 'payment', amount: 5_000 },
  ];
  const pending = { n: 305, total: 0, status: 'pending', intent: null };
  const paid = bought.map(({ n, quantity, price, status }) => {
    return { n, total: quantity * price, status, intent: `pi_${n}` as string | null };
  });
  const orders = [...paid, pending].map(({ n, total, status, intent }) => ({
    ...{ event, order: id(n), status, origin: 'checkout', mode: 'hosted', total, currency: 'EUR' },
    ...{ captured: total, intent, actor: null, reason: null },
  }));
  const mail = (n: number, kind: string, order: number, refund: string | null = null) => ({
    ...{ mail: id(n), kind, order: id(order), refund, dedupe: `${kind}:${refund ?? id(order)}` },
  });
  return {
    tables: {
      orders,
      items: bought.map(({ n, tier, quantity, price }) => ({
        ...{ order: id(n), item: id(n + 200), tier, quantity, amount: quantity * price },
      })),
      tickets: bought
        .filter(({ status }) => status !== 'refunded_unfulfilled')
        .map(({ n, tier, quantity, live }) => ({
          ...{ event, order: id(n), item: id(n + 200), tier, live, issued: quantity, ordinals: quantity },
        })),
      refunds: refunds.map(({ order, ...rest }) => ({
        ...{ ...rest, order: id(order), status: 'done', currency: 'EUR' },
      })),
      'refund-lines': [{ refund: id(703), item: id(503), units: 1 }],
      payments: bought.map(({ n, quantity, price }) => ({
        ...{ ref: `cs_${n}`, order: id(n), intent: `pi_${n}`, received: quantity * price, currency: 'EUR' },
        livemode: false,
      })),
      mails: [
        ...[mail(601, 'confirmation', 302), mail(602, 'confirmation', 303), mail(603, 'unfulfilled', 304)],
        mail(604, 'refund', 303, id(703)),
      ],
    },
    provider: {
      intents: bought.map(({ n, quantity, price }) => ({
        ...{ id: `pi_${n}`, status: 'succeeded', amount: quantity * price, currency: 'eur' },
        metadata: { order: id(n) },
      })),
      charges: bought.map(({ n, quantity, price }) => ({
        ...{ id: `ch_${n}`, payment_intent: `pi_${n}`, amount_captured: quantity * price, currency: 'eur' },
        ...{ livemode: false, metadata: { order: id(n) } },
      })),
      refunds: refunds.map(({ refund, order, amount }) => ({
        ...{ id: `re_${order}`, charge: `ch_${order}`, amount, currency: 'eur', status: 'succeeded' },
        metadata: { refund, order: id(order) },
      })),
    },
  };
}
