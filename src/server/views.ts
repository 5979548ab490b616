/**
 * How things look in JSON: prefixed ids, RFC 3339 times, money as minor units with its currency. What a reserve answers
 * is a function of the hold as it was made and of nothing else, so a retry gets the same bytes.
 */
import type { Counters, Sale } from '../domain/facts.ts';
import { showId } from '../domain/ids.ts';
import type { CatalogEvent } from '../features/catalog.ts';
import type { Audited } from '../features/events/audit.ts';
import type { Availability } from '../features/events/availability.ts';
import type { EventRecord, EventSummary, LineRecord, ListedRecord } from '../features/events/show.ts';
import type { HoldView } from '../inventory/inventory.ts';

export const time = (unixMs: number) => new Date(unixMs).toISOString();

/** Holds that were made in one batch have the same times, and a time costs 2 us to write. */
const deadlineText = remembered(time);
const heldAtText = remembered(time);

function remembered(write: (unixMs: number) => string): (unixMs: number) => string {
  let last = Number.NaN;
  let text = '';
  return (unixMs) => {
    if (unixMs !== last) {
      text = write(unixMs);
      last = unixMs;
    }
    return text;
  };
}

/** The parts of a hold that every answer about it has. Built as text: this is the hot path, and all parts are clean. */
function holdFields(hold: HoldView, event: CatalogEvent): string {
  let items = '';
  let total = 0;
  for (const item of hold.items) {
    total += item.price * item.quantity;
    items += `${items === '' ? '' : ','}{"tierId":"${showId('tier', item.tier)}","quantity":${item.quantity},"unitPrice":${money(item.price, event)}}`;
  }
  return (
    `"id":"${showId('hold', hold.hold)}","eventId":"${showId('event', event.event)}","state":"${hold.state}",` +
    `"items":[${items}],"total":${money(total, event)},"expiresAt":"${deadlineText(hold.deadline)}",` +
    `"extensionsLeft":${Math.max(0, event.sale.extensionsMax - hold.extensions)}`
  );
}

function money(amount: number, event: CatalogEvent): string {
  return `{"amount":${amount},"currency":"${event.currency}"}`;
}

/** `serverNow` is Redis's time at `now`, for a countdown that does not trust the clock of the buyer's machine. */
export function holdText(hold: HoldView, event: CatalogEvent, now: number): string {
  return `{${holdFields(hold, event)},"serverNow":"${heldAtText(now)}"}`;
}

/** An extension is repeated from its own record, which has no time: the Date header tells the server's. */
export function extendedText(hold: HoldView, event: CatalogEvent): string {
  return `{${holdFields(hold, event)}}`;
}

const amount = (minorUnits: number, currency: string) => ({ amount: minorUnits, currency });

/** 0 is no bound. */
const bound = (unixMs: number) => (unixMs > 0 ? time(unixMs) : null);

export function saleJson(sale: Sale) {
  const { opensAt, closesAt, ...rest } = sale;
  return { ...rest, opensAt: bound(opensAt), closesAt: bound(closesAt) };
}

export function summaryJson(event: EventSummary) {
  return {
    id: showId('event', event.event),
    name: event.name,
    venue: event.venue,
    startsAt: time(event.startsAt),
    timeZone: event.timeZone,
    currency: event.currency,
    saleState: event.saleState,
  };
}

export function eventJson(event: CatalogEvent) {
  return {
    ...summaryJson({ ...event, saleState: event.sale.state }),
    sale: saleJson(event.sale),
    tiers: event.lines
      .filter(({ kind }) => kind === 'tier')
      .map((tier) => ({
        id: showId('tier', tier.line),
        name: tier.name,
        price: amount(tier.price, event.currency),
        poolId: tier.pool && showId('tier', tier.pool),
      })),
  };
}

export function availabilityJson(found: Availability) {
  const { event } = found;
  return {
    eventId: showId('event', event.event),
    epoch: found.epoch,
    version: found.version,
    saleState: found.sale.state,
    opensAt: bound(found.sale.opensAt),
    closesAt: bound(found.sale.closesAt),
    halted: found.frozen,
    tiers: found.tiers.map((tier) => ({
      tierId: showId('tier', tier.line),
      name: tier.name,
      price: amount(tier.price, event.currency),
      available: tier.available,
      held: tier.held,
      sold: tier.sold,
      capacity: tier.capacity,
      state: tier.state,
    })),
  };
}

export function listedJson(event: ListedRecord) {
  return { ...summaryJson(event), status: event.status, version: event.version };
}

/** What an administrator sees: drafts too, and every line with its own id. */
export function recordJson(event: EventRecord) {
  return {
    ...summaryJson({ ...event, saleState: event.sale.state }),
    status: event.status,
    authority: event.authority,
    partition: event.partition,
    frozen: event.frozen,
    rotatingCodes: event.rotatingCodes,
    version: event.version,
    sale: saleJson(event.sale),
    tiers: event.lines.filter(({ kind }) => kind === 'tier').map((tier) => lineJson(tier, event.currency)),
    pools: event.lines
      .filter(({ kind }) => kind === 'pool')
      .map(({ line, name, capacity }) => ({ id: showId('tier', line), name, capacity })),
  };
}

export function lineJson(line: LineRecord, currency: string) {
  return {
    id: showId('tier', line.line),
    name: line.name,
    description: line.description,
    price: amount(line.price, currency),
    capacity: line.capacity,
    buyerLimit: line.buyerLimit,
    poolId: line.pool && showId('tier', line.pool),
    version: line.version,
  };
}

export function auditJson(event: string, found: Audited) {
  const counters = ({ capacity, held, sold, withheld }: Counters) => ({
    capacity,
    held,
    sold,
    withheld,
    available: capacity - held - sold - withheld,
  });
  return {
    eventId: showId('event', event),
    epoch: found.audit.epoch,
    version: found.audit.version,
    sale: saleJson(found.audit.sale),
    frozen: found.audit.frozen,
    liveHolds: found.audit.liveHolds,
    ghostUnits: found.ghostUnits,
    driftUnits: found.driftUnits,
    lines: found.lines.map((line) => ({
      lineId: showId('tier', line.line),
      redis: counters(line.redis),
      records: line.records ? counters(line.records) : null,
      driftUnits: line.driftUnits,
    })),
  };
}
