/** The messages of `holdfast.v1.json`, as a client sees them. What is not known is passed over, as the protocol asks. */
import type { Schemas } from '../http/result.ts';

export const subprotocol = 'holdfast.v1.json';
export const path = '/v1/realtime';
/** From this close code on, the same again would end the same. */
export const finalFrom = 3_500;

/** Greater is later; the epoch counts first. */
export type Position = { epoch: number; version: number };

export function isAfter(one: Position, other: Position | undefined): boolean {
  if (!other) return true;
  return one.epoch > other.epoch || (one.epoch === other.epoch && one.version > other.version);
}

export type TierCount = {
  tierId: string;
  available: number;
  held: number;
  sold: number;
  state: 'available' | 'all_in_carts' | 'sold_out';
};

/** What can be had. `asOf`: when the server read it; undefined where it was polled. */
export type Counts = Position & { eventId: string; tiers: TierCount[]; asOf: string | undefined };

/** What is sold, and whether. */
export type Sale = Position & {
  eventId: string;
  saleState: Schemas['SaleState'];
  opensAt: string | null;
  closesAt: string | null;
  /** It sells nothing while its records are checked. */
  halted: boolean;
  tiers: { tierId: string; name: string; price: Schemas['Money']; capacity: number }[];
  asOf: string | undefined;
};

export type Kinds = { avail: Counts; event: Sale };
export type Kind = keyof Kinds;
export type Value = Kinds[Kind];

type AvailData = { tiers: Record<string, [number, number, number, TierCount['state']]> };
type EventData = Omit<Sale, 'epoch' | 'version' | 'eventId' | 'asOf'>;

export type Where = { ch: string; epoch: number; offset: number };

export type ServerMessage = {
  id?: number;
  welcome?: {
    session: string;
    /** Seconds. */
    ping: number;
    limits: { messagesPerTenSeconds: number; messagesBurst: number; subscriptionsMax: number };
  };
  sub?: Where & { recovered: boolean; ts?: string; snapshot?: unknown };
  pub?: Where & { ts: string; data: unknown };
  status?: { ch: string; state: 'stale' | 'live' };
  unsub?: { ch: string; code?: string };
  error?: { code: string; message: string; temporary: boolean };
  disconnect?: { code: number; reason: string; reconnect?: { minMs: number; maxMs: number } };
};

/** Undefined for what is no JSON object. */
export function readMessage(text: string): ServerMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as ServerMessage) : undefined;
  } catch {
    return undefined;
  }
}

/** The value of a channel's message. */
export function readValue(
  kind: Kind,
  eventId: string,
  where: Where,
  data: unknown,
  asOf: string | undefined,
): Value {
  const about = { eventId, epoch: where.epoch, version: where.offset, asOf };
  if (kind === 'event') return { ...(data as EventData), ...about };
  const tiers = Object.entries((data as AvailData).tiers).map(
    ([tierId, [available, held, sold, state]]): TierCount => ({ tierId, available, held, sold, state }),
  );
  return { ...about, tiers };
}

/** The same of a poll. */
export function readPolled(kind: Kind, polled: Schemas['Availability']): Value {
  const { eventId, epoch, version } = polled;
  const about = { eventId, epoch, version, asOf: undefined };
  if (kind === 'event') {
    const { saleState, opensAt, closesAt, halted } = polled;
    const tiers = polled.tiers.map(({ tierId, name, price, capacity }) => ({
      tierId,
      name,
      price,
      capacity,
    }));
    return { ...about, saleState, opensAt, closesAt, halted, tiers };
  }
  const tiers = polled.tiers.map(({ tierId, available, held, sold, state }) => ({
    tierId,
    available,
    held,
    sold,
    state,
  }));
  return { ...about, tiers };
}
