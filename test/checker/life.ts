/**
 * The life of one hold, as its facts tell it:
 *
 *   (none) -held-> active -extended-> active -pinned-> paying -pinned-> paying
 *   active -> released | expired | confirmed      paying -> released | confirmed
 *   (none) -sold late-> confirmed      (none) -unfulfilled-> unfulfilled      by a payment for a hold nobody knows any more
 *   released | expired | unfulfilled stay so when they are sold late or unfulfilled: an end never changes, the order tells
 *   any end -held-> active, more than two hours after it: a new life
 */
import type { AnyFact, Item } from './fact.ts';

export type State = 'active' | 'paying' | 'confirmed' | 'released' | 'expired' | 'unfulfilled';

export type Hold = {
  state: State;
  buyer: string;
  items: Item[];
  deadline: number;
  heldAt: number;
  ttlMs: number;
  extensions: number;
  order: string | null;
  endedAt: number;
  /** 0 for a hold the ledger never saw begin: its beginning was lost, its payment came. */
  lives: number;
  /** What ever happened to it, over all lives: the client log is compared with that. */
  everReleased: boolean;
  everPinned: boolean;
  everExtended: number;
  /** Who got it acknowledged, by the client log. */
  owner: string | undefined;
};

/** A hold as this fact begins it; `before` is its last life. One literal of one shape: a million of them are made. */
export function beginning(fact: AnyFact, before: Hold | undefined): Hold {
  return {
    state: 'active',
    buyer: fact.buyer ?? '',
    items: fact.items ?? [],
    deadline: fact.deadline ?? 0,
    heldAt: fact.at,
    ttlMs: fact.ttlMs ?? 0,
    extensions: 0,
    order: null,
    endedAt: 0,
    lives: (before?.lives ?? 0) + 1,
    everReleased: before?.everReleased ?? false,
    everPinned: before?.everPinned ?? false,
    everExtended: before?.everExtended ?? 0,
    owner: undefined,
  };
}

const ends: Record<string, State> = {
  released: 'released',
  expired: 'expired',
  sold: 'confirmed',
  unfulfilled: 'unfulfilled',
};
const forgottenMs = 2 * 3_600_000;

export function isLive(hold: Hold | undefined): boolean {
  return hold?.state === 'active' || hold?.state === 'paying';
}

export function endOf(kind: string): State | undefined {
  return ends[kind];
}

/** Why a fact of this kind may not follow, or undefined when it may. */
export function objection(
  kind: string,
  hold: Hold | undefined,
  at: number,
  late: boolean,
): string | undefined {
  const state = hold?.state ?? 'not there';
  switch (kind) {
    case 'held':
      if (hold === undefined || (!isLive(hold) && at - hold.endedAt > forgottenMs)) return undefined;
      return `held again while ${state}`;
    case 'extended':
    case 'expired':
      return state === 'active' ? undefined : `${kind} while ${state}`;
    case 'pinned':
    case 'released':
      return isLive(hold) ? undefined : `${kind} while ${state}`;
    case 'sold':
      if (isLive(hold)) return late ? `sold late while ${state}` : undefined;
      if (!late) return `sold while ${state}`;
      return state !== 'confirmed' ? undefined : `sold late while ${state}`;
    case 'unfulfilled':
      return !isLive(hold) && state !== 'confirmed' ? undefined : `unfulfilled while ${state}`;
    default:
      return undefined;
  }
}

/** Whether two baskets are the same, in whatever order they are listed. */
export function sameItems(
  one: { tier: string; quantity: number }[],
  other: { tier: string; quantity: number }[],
): boolean {
  const sum = (items: { tier: string; quantity: number }[]) => {
    const sums = new Map<string, number>();
    for (const { tier, quantity } of items) sums.set(tier, (sums.get(tier) ?? 0) + quantity);
    return sums;
  };
  const [a, b] = [sum(one), sum(other)];
  return a.size === b.size && [...a].every(([tier, quantity]) => b.get(tier) === quantity);
}
