/**
 * Check in: one scan, judged under the lock of the ticket's row in Postgres, never by a cache. The first scan of a valid ticket
 * redeems it; of two scans, also in the same millisecond at two gates, one is first. When a scanner without a network turns up
 * with an earlier scan of a ticket that was redeemed meanwhile, the earlier one counts and the later one is a duplicate: both
 * are told, because two people are inside.
 */
import type { EventId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { changedTicket, eventOf } from '../../domain/ticket.ts';
import { isCurrent, type ReadCode, readTicketCode } from '../../domain/ticket-code.ts';
import { inTransaction, type Tx } from '../../persistence/database.ts';
import { uniqueViolation } from '../../persistence/faults.ts';
import {
  admission,
  type CheckinResult,
  type CheckinRow,
  checkinsKey,
  insertCheckin,
  markDuplicate,
  readCheckin,
} from '../../persistence/queries/checkins.ts';
import {
  insertTicketEvents,
  lockTicket,
  setTicketStatus,
  type TicketRecord,
} from '../../persistence/queries/tickets.ts';
import type { Ctx } from '../context.ts';
import { forgetTickets } from '../tickets/kept.ts';
import type { Doors, OtherScan, Scan, Scanned } from './scan.ts';

type Code = ReadCode & { status: 'read' };

export async function checkIn(
  ctx: Ctx,
  doors: Doors,
  scan: Scan,
): Promise<Scanned | Refusal<'idempotency_key_reused'>> {
  const { scannedAt } = scan;
  const code = readTicketCode(ctx.tickets.keys, scan.code);
  if (code.status !== 'read') return { status: 'scanned', result: 'forged', scannedAt, replayed: false };
  if (!isDoorOf(doors, scan.event, code.event)) {
    return { status: 'scanned', result: 'wrong_event', scannedAt, replayed: false };
  }
  // A scanner without a network saw the code when it scanned it; else the moment is ours to say.
  const current =
    !code.rotates || isCurrent(ctx.tickets.keys, code, scan.offline ? scannedAt : ctx.clock.now());
  const attempt = () =>
    inTransaction(ctx.db, { role: 'worker', prepared: true }, (tx) => judge(tx, doors, scan, code, current));
  const scanned = await attempt().catch((error: unknown) => {
    // The same key came for another ticket at this moment and was first, under the lock of that ticket. Its row is there now.
    if (uniqueViolation(error) !== checkinsKey) throw error;
    return attempt();
  });
  if (scanned.status === 'scanned' && scanned.result === 'ok') await forgetTickets(ctx, [code.ticket]);
  return scanned;
}

function isDoorOf({ events }: Doors, asked: EventId | undefined, event: EventId): boolean {
  return (events === 'all' || events.includes(event)) && (asked === undefined || asked === event);
}

async function judge(
  tx: Tx,
  { key }: Doors,
  scan: Scan,
  code: Code,
  current: boolean,
): Promise<Scanned | Refusal<'idempotency_key_reused'>> {
  const ticket = await lockTicket(tx, code.ticket);
  // Signed by us and not in the records: of another installation's database, or of one that was set back.
  if (ticket === undefined || ticket.event !== code.event || code.generation > ticket.generation) {
    return { status: 'scanned', result: 'forged', scannedAt: scan.scannedAt, replayed: false };
  }
  const before = await readCheckin(tx, scan.id);
  if (before) return repeated(tx, ticket, before, code);

  const row = (result: CheckinResult): CheckinRow => ({
    id: scan.id,
    ticket: code.ticket,
    event: code.event,
    generation: code.generation,
    result,
    gate: scan.gate,
    device: scan.device,
    key,
    offline: scan.offline,
    scannedAt: scan.scannedAt,
  });
  const told = { status: 'scanned', scannedAt: scan.scannedAt, replayed: false } as const;
  const refuse = async (result: CheckinResult): Promise<Scanned> => {
    await insertCheckin(tx, row(result));
    return { ...told, ticket, result };
  };
  if (code.generation < ticket.generation) return refuse('old_generation');
  if (!current || (ticket.rotates && !code.rotates)) return refuse('expired_code');

  const change = changedTicket(ticket.status, 'redeem');
  switch (change.status) {
    case 'ticket_void':
      return refuse('void');
    case 'ticket_suspended':
      return refuse('suspended');
    case 'ticket_refunding':
      return refuse('refunding');
    case 'ticket_redeemed': {
      const first = await admission(tx, code.ticket);
      const earlier = scan.offline && first !== undefined && scan.scannedAt < first.scannedAt;
      if (!earlier) {
        return { ...(await refuse('duplicate')), ...(first && { first: other(first) }) };
      }
      await markDuplicate(tx, first.id);
      await redeem(tx, row('ok'), { displaces: first.id });
      return { ...told, ticket: redeemed(ticket, scan), result: 'ok', conflict: other(first) };
    }
    case 'changed':
      await redeem(tx, row('ok'), {});
      return { ...told, ticket: redeemed(ticket, scan), result: 'ok' };
  }
}

async function redeem(tx: Tx, row: CheckinRow, more: { displaces?: string }): Promise<void> {
  const { ticket, gate, device, key, offline, scannedAt } = row;
  await setTicketStatus(tx, ticket, 'redeemed', scannedAt);
  await insertCheckin(tx, row);
  const metadata = { by: key, gate, device, offline, checkin: row.id, ...more };
  await insertTicketEvents(tx, [{ ticket, type: eventOf.redeem, metadata }]);
}

const redeemed = (ticket: TicketRecord, scan: Scan): TicketRecord => ({
  ...ticket,
  status: 'redeemed',
  redeemedAt: scan.scannedAt,
});

const other = ({ gate, device, scannedAt }: CheckinRow): OtherScan => ({ gate, device, scannedAt });

/** The first answer. An `ok` that an earlier scan has since made a duplicate says so. */
async function repeated(
  tx: Tx,
  ticket: TicketRecord,
  before: CheckinRow,
  code: Code,
): Promise<Scanned | Refusal<'idempotency_key_reused'>> {
  if (before.ticket !== code.ticket || before.generation !== code.generation) {
    return { status: 'idempotency_key_reused' };
  }
  const { result, scannedAt } = before;
  const first = result === 'duplicate' ? await admission(tx, code.ticket) : undefined;
  return {
    status: 'scanned',
    result,
    ticket,
    scannedAt,
    replayed: true,
    ...(first && { first: other(first) }),
  };
}
