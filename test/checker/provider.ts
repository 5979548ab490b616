/** The payment provider's own books, as its sandbox writes them down in `stripe.json`. */
import { readFileSync } from 'node:fs';
import { BadLine } from './lines.ts';

type Metadata = Record<string, string | undefined> | null;
export type ProviderFile = {
  intents: { id: string; status: string; amount: number; currency: string; metadata: Metadata }[];
  charges: {
    id: string;
    payment_intent: string | null;
    amount_captured: number;
    currency: string;
    livemode: boolean;
    metadata: Metadata;
  }[];
  refunds: {
    id: string;
    charge: string;
    amount: number;
    currency: string;
    status: string;
    metadata: Metadata;
  }[];
};

/** What was taken under one intent, minor units. */
export type Taken = {
  intent: string;
  order: string | null;
  captured: number;
  refunded: number;
  currency: string;
  livemode: boolean;
};
export type GivenBack = { id: string; refund: string | null; amount: number; currency: string };

export type Provider = {
  taken: Taken[];
  /** Succeeded or pending: the money has left. Failed ones have come back. */
  givenBack: GivenBack[];
  /** Intents with money that was reserved and neither taken nor let go. */
  reserved: { intent: string; order: string | null }[];
};

/** @throws BadLine when it is not the books of a provider */
export function readProvider(path: string): Provider {
  const file = parsed(path);
  const left = file.refunds.filter(({ status }) => status === 'succeeded' || status === 'pending');
  const backOf = new Map<string, number>();
  for (const { charge, amount } of left) backOf.set(charge, (backOf.get(charge) ?? 0) + amount);
  const orderOfIntent = new Map(file.intents.map(({ id, metadata }) => [id, metadata?.['order'] ?? null]));
  return {
    taken: file.charges
      .filter(({ amount_captured }) => amount_captured > 0)
      .map(({ id, payment_intent, amount_captured, currency, livemode, metadata }) => ({
        intent: payment_intent ?? id,
        order: metadata?.['order'] ?? orderOfIntent.get(payment_intent ?? '') ?? null,
        captured: amount_captured,
        refunded: backOf.get(id) ?? 0,
        currency: currency.toUpperCase(),
        livemode,
      })),
    givenBack: left.map(({ id, amount, currency, metadata }) => ({
      ...{ id, amount, currency: currency.toUpperCase() },
      refund: metadata?.['refund'] ?? null,
    })),
    reserved: file.intents
      .filter(({ status }) => status === 'requires_capture')
      .map(({ id, metadata }) => ({ intent: id, order: metadata?.['order'] ?? null })),
  };
}

function parsed(path: string): ProviderFile {
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as ProviderFile;
    if ([file.intents, file.charges, file.refunds].every(Array.isArray)) return file;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new BadLine(`${path}: not the books of a provider`);
}
