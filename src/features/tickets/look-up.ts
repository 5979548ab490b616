/** Look a ticket up for an organizer: anybody's, with its history. That somebody looked is in the records before the answer. */
import type { TicketId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import {
  insertTicketEvents,
  readTicket,
  readTicketHistory,
  type TicketHistory,
} from '../../persistence/queries/tickets.ts';
import { actorName, type Ctx } from '../context.ts';
import { judged, type TicketRecord } from './kept.ts';

export type { TicketHistory };

const historyMax = 200;

export type LookedUp = { status: 'found'; ticket: TicketRecord; history: TicketHistory };

export async function lookUpTicket(
  ctx: Ctx,
  ticket: TicketId,
): Promise<LookedUp | Refusal<'ticket_unknown'>> {
  const found = await inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    const record = await readTicket(tx, ticket);
    if (record === undefined) return undefined;
    const history = await readTicketHistory(tx, ticket, historyMax);
    const metadata = { by: actorName(ctx.actor), request: ctx.requestId };
    await insertTicketEvents(tx, [{ ticket, type: 'viewed', metadata }]);
    return { record, history };
  });
  if (found === undefined) return { status: 'ticket_unknown' };
  const { record, history } = found;
  return { status: 'found', ticket: (await judged(ctx, record)) ?? record, history };
}
