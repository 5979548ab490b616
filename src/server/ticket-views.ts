/** How tickets and scans look in JSON. */
import { showId } from '../domain/ids.ts';
import type { OtherScan, Scanned } from '../features/checkins/scan.ts';
import type { Code } from '../features/tickets/code.ts';
import type { TicketRecord } from '../features/tickets/kept.ts';
import type { LookedUp } from '../features/tickets/look-up.ts';
import { time } from './views.ts';

export function ticketJson(record: TicketRecord) {
  return {
    id: showId('ticket', record.ticket),
    orderId: showId('order', record.order),
    eventId: showId('event', record.event),
    eventName: record.eventName,
    venue: record.venue,
    startsAt: time(record.startsAt),
    timeZone: record.timeZone,
    tierId: showId('tier', record.tier),
    tierName: record.tierName,
    status: record.status,
    generation: record.generation,
    issuedAt: time(record.issuedAt),
    redeemedAt: record.redeemedAt === null ? null : time(record.redeemedAt),
    version: record.version,
  };
}

export function shownTicketJson(record: TicketRecord, code: Code | undefined, asOf: number) {
  return {
    ...ticketJson(record),
    code: code?.text ?? null,
    codeChangesAt: code?.changesAt === undefined ? null : time(code.changesAt),
    asOf: time(asOf),
  };
}

export function lookedUpJson({ ticket, history }: LookedUp) {
  return {
    ...ticketJson(ticket),
    history: history.map(({ type, at, user, metadata }) => ({
      type,
      at: time(at),
      userId: user === null ? null : showId('session', user),
      about: metadata,
    })),
  };
}

const otherJson = ({ gate, device, scannedAt }: OtherScan) => ({
  gate,
  deviceId: device,
  scannedAt: time(scannedAt),
});

export function scannedJson({ result, scannedAt, ticket, first, conflict }: Scanned) {
  return {
    result,
    scannedAt: time(scannedAt),
    ...(ticket && { ticketId: showId('ticket', ticket.ticket), tierName: ticket.tierName }),
    ...(first && { first: otherJson(first) }),
    ...(conflict && { conflict: otherJson(conflict) }),
  };
}
