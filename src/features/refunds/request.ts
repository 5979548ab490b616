/**
 * A refund is decided here and carried out by a job (carry-out.ts). In one transaction, under the order's row lock: the sum of
 * all refunds stays within what was captured, the tickets are `refunding`, the row that says so stands in refund_log, and the
 * job is added. Its life from there:
 *
 *   requested  no door opens to its tickets; the provider is asked until it says yes or no
 *   done       the money is on its way back; the fact `returned` has voided the tickets and given their units back
 *   failed     the provider said no, for good: the tickets are what they were, and an incident tells somebody
 */
import { z } from 'zod';
import {
  derivedUuid,
  eventPrefix,
  type OpId,
  type OrderId,
  type RefundId,
  readId,
  type TicketId,
} from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Job } from '../../domain/tasks.ts';
import { inTransaction, type Tx } from '../../persistence/database.ts';
import { eventStanding } from '../../persistence/queries/cancellations.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { lockedOrder, type OrderRecord, ticketsOf } from '../../persistence/queries/orders.ts';
import {
  insertRefund,
  lockTickets,
  promisedOf,
  type RefundRecord,
  refundById,
  takeTickets,
} from '../../persistence/queries/refunds.ts';
import { actorName, type Ctx } from '../context.ts';
import { lineId, priceMax, quantity, reason } from '../input.ts';
import { forgetTickets } from '../tickets/kept.ts';
import { type Decided, decide, type Wanted } from './decide.ts';

const ticketId = z.string().transform((text, context) => {
  const id = readId('ticket', text);
  if (id !== undefined) return id as TicketId;
  context.addIssue({ code: 'custom', message: 'must be tkt_ and a lowercase UUID' });
  return z.NEVER;
});

export const returnTo = z.enum(['public', 'house', 'none']);

/** Tickets of one refund: as many as an order of 20 lines may have. */
const ticketsMax = 2_000;

export const refundInput = z
  .strictObject({
    items: z
      .array(z.strictObject({ tierId: lineId, quantity }))
      .min(1)
      .max(20)
      .optional(),
    tickets: z.array(ticketId).min(1).max(ticketsMax).optional(),
    amount: z
      .int()
      .min(0)
      .max(priceMax * 100)
      .optional(),
    returnTo: returnTo.optional(),
    reason,
    force: z.boolean().optional(),
  })
  .refine((value) => !(value.items && value.tickets), {
    path: ['items'],
    message: 'must not be there together with tickets',
  })
  .refine((value) => value.amount !== 0 || value.items || value.tickets, {
    path: ['amount'],
    message: 'must be above 0 where no ticket is named',
  });
export type RefundInput = z.output<typeof refundInput>;

export type Requested = { status: 'requested'; refund: RefundRecord };

/** `op` names the intention: the same one is the same refund. */
export async function requestRefund(
  ctx: Ctx,
  order: OrderId,
  input: RefundInput,
  op: OpId,
): Promise<Requested | Refusal> {
  const { items, tickets, amount } = input;
  const outcome = await inTransaction(ctx.db, { role: 'worker' }, (tx) =>
    promise(tx, order, {
      wanted: {
        tickets,
        amount,
        items: items?.map(({ tierId, quantity }) => ({ tier: tierId, quantity })),
        force: input.force ?? false,
      },
      key: `op:${op}`,
      returnTo: input.returnTo ?? 'public',
      reason: input.reason ?? '',
      actor: actorName(ctx.actor),
    }),
  );
  if (outcome.status === 'requested') await forgetTickets(ctx, ticketsIn(outcome.refund));
  return outcome;
}

export const ticketsIn = ({ tickets }: RefundRecord): TicketId[] => tickets.map(({ ticket }) => ticket);

export type Intention = {
  wanted: Wanted;
  /** Unique within the order. */
  key: string;
  returnTo: RefundRecord['returnTo'];
  reason: string;
  actor: string;
};

export function refundIdFor(order: OrderId, key: string): RefundId {
  return derivedUuid(eventPrefix(order), 'refund', order, key) as RefundId;
}

export function carryOut(order: OrderId, refund: RefundId, runAt?: number): Job {
  return {
    task: 'carry_out_refund',
    payload: { refund },
    key: `refund:${refund}`,
    queue: `order:${order}`,
    ...(runAt === undefined ? {} : { runAt }),
  };
}

/** As worker, in a transaction of whoever decides. */
export async function promise(tx: Tx, id: OrderId, intention: Intention): Promise<Requested | Refusal> {
  const order = await lockedOrder(tx, id);
  if (!order) return { status: 'order_unknown' };
  const refund = refundIdFor(id, intention.key);
  const before = await refundById(tx, refund);
  if (before) return { status: 'requested', refund: before };
  await lockTickets(tx, id);
  const { retired, authority } = await eventStanding(tx, order.event);
  const books = { order, tickets: await ticketsOf(tx, id), promised: await promisedOf(tx, id), retired };
  const decided = decide(books, intention.wanted);
  if (decided.status !== 'decided') return decided;
  const refused = cannotReturn(order, decided, { retired, authority });
  if (refused) return refused;
  await write(tx, order, refund, intention, decided);
  const made = await refundById(tx, refund);
  if (!made) throw new Error(`refund ${refund} is not there after it was written`);
  return { status: 'requested', refund: made };
}

/** Units go back to whoever counts them, Redis or Postgres: somebody must. */
function cannotReturn(
  order: OrderRecord,
  decided: Decided,
  { retired, authority }: Awaited<ReturnType<typeof eventStanding>>,
): Refusal | undefined {
  if (decided.tickets.length === 0) return undefined;
  if (retired) {
    return {
      status: 'event_retired',
      detail:
        'No stock is kept of this event any more: refund an amount without tickets, up to all that was paid',
    };
  }
  if (authority === 'postgres' || order.buyer !== null) return undefined;
  return { status: 'order_not_refundable', detail: 'The inventory of its event does not know its tickets' };
}

async function write(
  tx: Tx,
  order: OrderRecord,
  refund: RefundId,
  intention: Intention,
  { tickets, amount }: Decided,
): Promise<void> {
  const { key, returnTo, reason, actor, wanted } = intention;
  const withTickets = tickets.length > 0;
  await insertRefund(tx, {
    refund,
    order: order.order,
    user: order.user,
    kind: withTickets ? 'tickets' : 'amount',
    key,
    op: refund as string as OpId,
    amount: { amount, currency: order.currency },
    returnTo: withTickets ? returnTo : 'none',
    reason,
    actor,
    forced: wanted.force,
    intent: order.intent,
  });
  const taken = await takeTickets(tx, refund, tickets);
  if (taken !== tickets.length) throw new Error(`${taken} of ${tickets.length} tickets could be taken`);
  await addJobs(tx, [carryOut(order.order, refund)]);
}
