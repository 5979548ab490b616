/** What each buyer of a storm does, drawn from the seed and its number alone: the same seed is the same crowd. */
import { seeded, walkSeed } from '../../sim/random.ts';

export const ways = [
  /** Pays. */
  'pay',
  /** Is declined once, then pays with another card. */
  'decline, pay',
  /** Is declined and gives up. */
  'decline',
  /** Closes the page. */
  'abandon',
  /** Presses cancel before paying. */
  'cancel',
  /** Presses cancel in one window while paying in another. */
  'cancel against pay',
  /** Pays when the deadline of the payment is passing. */
  'late',
] as const;
export type Way = (typeof ways)[number];

export type Refunding = 'none' | 'all' | 'one ticket' | 'amount';

export type Plan = {
  index: number;
  way: Way;
  mode: 'hosted' | 'intent';
  event: number;
  items: { tier: number; quantity: number }[];
  /** Comes back from the page and looks; the others leave it to webhooks and poller. */
  comesBack: boolean;
  refunding: Refunding;
  /** The organizer's click is sent twice, with the same key. */
  refundsTwice: boolean;
  /** Between checkout and payment, ms. */
  thinkMs: number;
};

const weights: Record<Way, number> = {
  pay: 74,
  'decline, pay': 6,
  decline: 3,
  abandon: 4,
  cancel: 4,
  'cancel against pay': 6,
  late: 3,
};

export function planOf(seed: number, index: number, events: number, tiers: number): Plan {
  const random = seeded(walkSeed(seed, index));
  const way = random.weighted(weights);
  const first = random.below(tiers);
  const items = [{ tier: first, quantity: 1 + random.below(3) }];
  if (random.chance(0.3)) items.push({ tier: (first + 1) % tiers, quantity: 1 + random.below(2) });
  return {
    index,
    way,
    mode: way === 'late' || random.chance(0.2) ? 'intent' : 'hosted',
    event: random.below(events),
    items,
    comesBack: random.chance(0.5),
    refunding: random.chance(0.14)
      ? random.weighted({ all: 5, 'one ticket': 3, amount: 2, none: 0 })
      : 'none',
    refundsTwice: random.chance(0.3),
    thinkMs: 20 + random.below(400),
  };
}
