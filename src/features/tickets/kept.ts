/**
 * The read-through cache of single tickets. A kept ticket answers by itself for `freshMs` after it was read; an older one only
 * while Postgres cannot be asked. Whoever changes a ticket forgets it here after its commit, so what hides a change is at most
 * a reader that put back what it had read before: for `freshMs`.
 */
import { isFault } from '../../domain/faults.ts';
import type { TicketId } from '../../domain/ids.ts';
import type { TicketCache } from '../../inventory/ticket-cache.ts';
import type { TicketRecord } from '../../persistence/queries/tickets.ts';
import type { Ctx } from '../context.ts';

export type { TicketRecord };

export const ticketFreshMs = 10_000;

export type Kept = { ticket: TicketRecord; readAt: number };

/** Without Redis there is no cache, and nothing else is wrong. */
async function unlessFault<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isFault(error)) return undefined;
    throw error;
  }
}

export async function kept({ tickets }: Ctx, ticket: TicketId): Promise<Kept | undefined> {
  const text = await unlessFault(tickets.cache.get(ticket));
  return text === undefined ? undefined : (JSON.parse(text) as Kept);
}

export async function keep({ tickets, clock }: Ctx, records: TicketRecord[]): Promise<void> {
  const readAt = clock.now();
  const texts = records.map((ticket) => ({
    ticket: ticket.ticket,
    text: JSON.stringify({ ticket, readAt } satisfies Kept),
  }));
  await unlessFault(tickets.cache.put(texts));
}

export type Forgetful = { tickets: { cache: Pick<TicketCache, 'forget'> } };

/**
 * For every writer of tickets, also of whose they are, after its commit. Answers whether Redis heard of it: those it did not
 * hear of are hidden for `freshMs`, and while Postgres is away until they are too old to be kept.
 */
export async function forgetTickets({ tickets }: Forgetful, ids: TicketId[]): Promise<boolean> {
  return (await unlessFault(tickets.cache.forget(ids).then(() => true))) ?? false;
}

/**
 * The ticket as it stands in Redis, where a give-back voids it before Postgres has heard of it. Undefined when nobody can say.
 */
export async function judged({ inventory }: Ctx, record: TicketRecord): Promise<TicketRecord | undefined> {
  if (record.status === 'void') return record;
  const { event, ticket } = record;
  const answer = await unlessFault(inventory.voided({ event, tickets: [ticket] }));
  if (answer?.status !== 'voided') return undefined;
  return answer.tickets.length > 0 ? { ...record, status: 'void' } : record;
}
