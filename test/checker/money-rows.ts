/** The tables of money as the dump has them. Amounts are minor units. */
export type OrderRow = {
  event: string;
  order: string;
  status: string;
  /** checkout, journal (no checkout knows it) or import. */
  origin: string;
  /** hosted, intent, free or comp. */
  mode: string;
  total: number;
  currency: string;
  captured: number;
  /** The provider's name of what paid it. */
  intent: string | null;
  /** Who gave it away, and why. */
  actor: string | null;
  reason: string | null;
};
export type ItemRow = {
  order: string;
  item: string;
  tier: string;
  quantity: number;
  /** What the line cost, fees in and discount out. */
  amount: number;
};
/** Tickets of one line of an order. */
export type TicketRow = {
  order: string;
  item: string;
  tier: string;
  /** Not void. */
  live: number;
  issued: number;
  /** How many different ordinals they have. */
  ordinals: number;
};
export type TierRow = { line: string; kind: string; capacity: number; sold: number };
export type RefundRow = {
  refund: string;
  order: string;
  /** payment, tickets, amount, elsewhere or chargeback. */
  kind: string;
  status: string;
  amount: number;
  currency: string;
};
/** How many tickets of a line a refund took. */
export type RefundLineRow = { refund: string; item: string; units: number };
export type MailRow = {
  mail: string;
  kind: string;
  order: string | null;
  refund: string | null;
  dedupe: string;
};
export type PaymentRow = {
  ref: string;
  order: string;
  intent: string | null;
  received: number;
  currency: string;
  livemode: boolean;
};

const sold = ['paid', 'partially_refunded', 'refunded', 'disputed'];
export const wasSold = ({ status }: Pick<OrderRow, 'status'>) => sold.includes(status);
