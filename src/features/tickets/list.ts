/** List the tickets of a person, newest first. */
import { z } from 'zod';
import { readId, type TicketId, type UserId } from '../../domain/ids.ts';
import { inTransaction } from '../../persistence/database.ts';
import { readTickets } from '../../persistence/queries/tickets.ts';
import type { Ctx } from '../context.ts';
import { judged, keep, type TicketRecord } from './kept.ts';

const ticketId = z.string().transform((text, context) => {
  const id = readId('ticket', text);
  if (id !== undefined) return id as TicketId;
  context.addIssue({ code: 'custom', message: 'must be tkt_ and a lowercase UUID' });
  return z.NEVER;
});

/** As a query: plain digits, once. */
const limit = z
  .string()
  .regex(/^[1-9][0-9]?$|^100$/, 'must be a whole number from 1 to 100')
  .transform(Number);

export const listTicketsInput = z.strictObject({
  limit: limit.default(50),
  after: ticketId.optional(),
});

export type ListedTickets = { tickets: TicketRecord[]; next: TicketId | undefined };

export async function listTickets(
  ctx: Ctx,
  user: UserId,
  { limit: count, after }: z.output<typeof listTicketsInput>,
): Promise<ListedTickets> {
  const rows = await inTransaction(ctx.db, { role: 'app', userId: user, readOnly: true }, (tx) =>
    readTickets(tx, { after, limit: count + 1 }),
  );
  const page = rows.slice(0, count);
  await keep(ctx, page);
  for (const { ticket } of page) ctx.tickets.views.note({ ticket, user, requestId: ctx.requestId });
  const tickets = await Promise.all(page.map(async (row) => (await judged(ctx, row)) ?? row));
  return { tickets, next: rows.length > count ? page.at(-1)?.ticket : undefined };
}
