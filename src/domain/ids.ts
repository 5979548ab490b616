/**
 * Identifiers. Inside Holdfast an id is a plain lowercase UUID string; at the HTTP edge it carries a prefix
 * (`evt_`, `tier_`, `hold_`) so that a person can tell what they are looking at.
 *
 * A hold shares the first 64 bits of its event's id: a hold id alone finds its event, and a hold lands in the
 * monthly Postgres partition of its event. The other 62 bits are SHA-256(event, buyer, idempotency key), so a
 * retry derives the same hold and needs no key of its own in Redis.
 */
import { hash } from 'node:crypto';

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

export type EventId = Id<'event'>;
/** A tier or a pool: anything that has a capacity. */
export type LineId = Id<'line'>;
export type HoldId = Id<'hold'>;
export type OrderId = Id<'order'>;
export type TicketId = Id<'ticket'>;
export type RefundId = Id<'refund'>;
/** Per-event pseudonym of a buyer: what Redis and the ledger know a person by. */
export type BuyerId = Id<'buyer'>;
/** Who is logged in: an anonymous session or an account. */
export type UserId = Id<'user'>;
/** Names one intention; the same operation id has one effect, however often it is sent. */
export type OpId = Id<'op'>;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

function format(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Variant bits `10` over the 17th hex digit, as RFC 9562 asks. */
function variant(digit: string): string {
  return ((Number.parseInt(digit, 16) & 0x3) | 0x8).toString(16);
}

/** UUIDv7 from a Unix time in milliseconds and 20 hex digits of randomness. */
export function uuidV7(unixMs: number, randomHex: string): string {
  const time = unixMs.toString(16).padStart(12, '0');
  return format(`${time}7${randomHex.slice(0, 3)}${variant(randomHex[3]!)}${randomHex.slice(4, 19)}`);
}

/** A UUID whose bits are a digest of its parts: the same parts, the same id, on every machine. */
export function derivedUuid(prefix16Hex: string, ...parts: string[]): string {
  const digest = hash('sha256', parts.join('\n'), 'hex');
  return format(`${prefix16Hex}${variant(digest[0]!)}${digest.slice(1, 16)}`);
}

/** The 16 hex digits (64 bits) that an event shares with its holds. */
export function eventPrefix(id: string): string {
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18);
}

export function holdIdFor(event: EventId, buyer: BuyerId, idempotencyKey: string): HoldId {
  return derivedUuid(eventPrefix(event), event, buyer, idempotencyKey) as HoldId;
}

/** FNV-1a over the id's text: spreads events evenly and is the same in any language. */
export function partitionOf(event: EventId, partitions: number): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < event.length; index++) {
    value ^= event.charCodeAt(index);
    value = Math.imul(value, 0x01000193) >>> 0;
  }
  return value % partitions;
}

const prefixes = {
  event: 'evt_',
  tier: 'tier_',
  hold: 'hold_',
  order: 'ord_',
  ticket: 'tkt_',
  refund: 'rfd_',
  reconciliation: 'rec_',
  session: 'ses_',
} as const;
export type Prefixed = keyof typeof prefixes;

export function showId(kind: Prefixed, id: string): string {
  return prefixes[kind] + id;
}

/** The UUID inside a prefixed id, or undefined when it is not one (wrong prefix, NUL bytes, upper case, anything else). */
export function readId(kind: Prefixed, text: string): string | undefined {
  const prefix = prefixes[kind];
  if (!text.startsWith(prefix)) return undefined;
  const id = text.slice(prefix.length);
  return isUuid(id) ? id : undefined;
}
