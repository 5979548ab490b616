/**
 * Every Redis key Holdfast uses, built here and nowhere else: not in Lua, not in tests. All keys of a partition share its
 * hash tag, so one script touches one Cluster slot; all but the journal carry the epoch, so what an older incarnation of
 * Redis left behind is unreachable. See docs/data.md.
 */
import type { EventId, HoldId, TicketId } from '../domain/ids.ts';

export function journalKey(partition: number): string {
  return `{p${partition}}:journal`;
}

/** The names are those of the scripts' KEYS headers, in the order every command declares them. */
export const eventKeyNames = [
  'stock',
  'holds',
  'due',
  'closing',
  'buyers',
  'ended0',
  'ended1',
  'voided',
] as const;
export type EventKeys = Record<(typeof eventKeyNames)[number], string>;

export function eventKeys(partition: number, epoch: number, event: EventId): EventKeys {
  const at = `{p${partition}}:e${epoch}`;
  return {
    stock: `${at}:stock:${event}`,
    holds: `${at}:holds:${event}`,
    due: `${at}:due:${event}`,
    closing: `${at}:closing:${event}`,
    buyers: `${at}:buyers:${event}`,
    ended0: `${at}:ended:${event}:0`,
    ended1: `${at}:ended:${event}:1`,
    voided: `${at}:voided:${event}`,
  };
}

/** A ticket as it was last read from Postgres: a hint, in no partition and of no epoch. */
export function ticketCacheKey(ticket: TicketId): string {
  return `ticket:${ticket}`;
}

/** The key with the hold's deadline as its native TTL: it vanishes by itself, and no command decides by it. */
export function markerKey(partition: number, epoch: number, hold: HoldId): string {
  return `{p${partition}}:e${epoch}:hold:${hold}`;
}
