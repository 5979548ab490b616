/**
 * Show a ticket to whose it is. While Postgres is away, one that was looked at in the last five minutes is still shown; but never
 * a void one as valid: whatever is shown as valid was asked about in Redis, whose give-backs void tickets themselves, or comes
 * from Postgres. When neither can say, there is no answer.
 */
import { isFault } from '../../domain/faults.ts';
import type { TicketId, UserId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { readTicket } from '../../persistence/queries/tickets.ts';
import type { Ctx } from '../context.ts';
import { forgetTickets, judged, type Kept, keep, kept, type TicketRecord, ticketFreshMs } from './kept.ts';

export type ShownTicket = {
  status: 'found';
  ticket: TicketRecord;
  /** Unix ms: when Postgres said so. */
  asOf: number;
};

export async function showTicket(
  ctx: Ctx,
  user: UserId,
  ticket: TicketId,
): Promise<ShownTicket | Refusal<'ticket_unknown'>> {
  const shown = await look(ctx, user, ticket);
  if (shown.status === 'found') ctx.tickets.views.note({ ticket, user, requestId: ctx.requestId });
  return shown;
}

async function look(
  ctx: Ctx,
  user: UserId,
  ticket: TicketId,
): Promise<ShownTicket | Refusal<'ticket_unknown'>> {
  const known = await kept(ctx, ticket);
  const theirs = known?.ticket.owner === user ? known : undefined;
  if (theirs && ctx.clock.now() - theirs.readAt < ticketFreshMs) {
    const shown = await fromCache(ctx, theirs);
    if (shown) return shown;
  }
  let record: TicketRecord | undefined;
  try {
    record = await inTransaction(
      ctx.db,
      { role: 'app', userId: user, readOnly: true, prepared: true },
      (tx) => readTicket(tx, ticket),
    );
  } catch (error) {
    const shown = isFault(error, 'records_unavailable') && theirs && (await fromCache(ctx, theirs));
    if (shown) return shown;
    throw error;
  }
  if (record === undefined) {
    if (known?.ticket.owner === user) await forgetTickets(ctx, [ticket]);
    return { status: 'ticket_unknown' };
  }
  const [now] = await Promise.all([judged(ctx, record), keep(ctx, [record])]);
  return { status: 'found', ticket: now ?? record, asOf: ctx.clock.now() };
}

async function fromCache(ctx: Ctx, { ticket, readAt }: Kept): Promise<ShownTicket | undefined> {
  const record = await judged(ctx, ticket);
  return record && { status: 'found', ticket: record, asOf: readAt };
}
