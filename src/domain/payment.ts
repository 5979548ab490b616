/** Payments as the provider has them: what they are, where they stand, and what is told about them. */
import type { OrderId } from './ids.ts';
import type { Money } from './money.ts';

/** hosted: a page of the provider's. intent: a form inside our page, authorised first and captured after the sale. */
export type PaymentMode = 'hosted' | 'intent';

export type PaymentRef = { kind: 'session' | 'intent'; id: string };

/**
 * open: can still be paid. processing: a delayed method is on its way. authorised: the money is reserved, not taken. paid:
 * captured. closed: it can never be paid any more. It moves forward only: open, processing, authorised, paid | closed.
 */
export type PaymentState = 'open' | 'processing' | 'authorised' | 'paid' | 'closed';

export type Payment = {
  ref: PaymentRef;
  /** The intent behind a session, once there is one. */
  intent: string | null;
  /** From its metadata; null when it is none of ours. */
  order: OrderId | null;
  /** From its metadata: which attempt at paying the order it is. */
  attempt: number | null;
  state: PaymentState;
  asked: Money;
  /** Captured, refunded: minor units of the same currency. */
  received: number;
  refunded: number;
  livemode: boolean;
  createdAt: number;
  url: string | null;
  clientSecret: string | null;
};

/** What the provider tells, by webhook or when asked: a reason to look, never believed in itself. */
export type ProviderEvent = {
  id: string;
  type: string;
  /** Unix ms. */
  createdAt: number;
  livemode: boolean;
  ref: PaymentRef | null;
  intent: string | null;
  order: OrderId | null;
  /** Set by the events of disputes. */
  dispute: { id: string; state: 'open' | 'won' | 'lost'; amount: Money } | null;
  /** As it came, for the inbox. */
  payload: object;
};
