/**
 * The end of a refund of an event that only Postgres counts (it was imported and never opened here): there is no ledger to ask, so
 * one transaction voids the tickets, gives their units back and ends the refund, under the locks that the SQL functions take.
 */
import type { LineId } from '../../domain/ids.ts';
import { inTransaction } from '../../persistence/database.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { moveLines } from '../../persistence/queries/journal-lines.ts';
import { voidTickets } from '../../persistence/queries/journal-orders.ts';
import { lockEvent } from '../../persistence/queries/legacy-repair.ts';
import { queueRefundMail } from '../../persistence/queries/mails.ts';
import { lockedOrder } from '../../persistence/queries/orders.ts';
import { type RefundRecord, refundById } from '../../persistence/queries/refunds.ts';
import type { Ctx } from '../context.ts';
import { mailJob } from '../mails/job.ts';
import { forgetTickets } from '../tickets/kept.ts';
import { ticketsIn } from './request.ts';

/** False when Redis counts the event: then a fact of its ledger ends the refund. Again is the same. */
export async function returnByRecords(ctx: Ctx, refund: RefundRecord): Promise<boolean> {
  const { refund: id, order, event, actor, returnTo } = refund;
  const done = await inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    if (!(await lockEvent(tx, event))) return false;
    await lockedOrder(tx, order);
    if ((await refundById(tx, id))?.status !== 'requested') return true;
    const tiers = new Map<LineId, number>();
    for (const { tier } of refund.tickets) tiers.set(tier, (tiers.get(tier) ?? 0) + 1);
    const moves = [...tiers].map(([line, many]) => ({
      line,
      capacity: returnTo === 'none' ? -many : 0,
      held: 0,
      sold: -many,
      withheld: returnTo === 'house' ? many : 0,
    }));
    const at = ctx.clock.now();
    const returns = [...tiers].map(([tier, quantity]) => ({
      order,
      tier,
      quantity,
      op: id,
      actor,
      at,
      named: true,
    }));
    const whole = await voidTickets(
      tx,
      returns,
      refund.tickets.map(({ ticket }) => ({ ticket, order })),
    );
    const moved = await moveLines(tx, 'tier', moves);
    if (!whole || moved.length !== moves.length) throw new Error(`refund ${id} is not of these tickets`);
    await addJobs(tx, (await queueRefundMail(tx, id)).map(mailJob));
    return true;
  });
  if (done) await forgetTickets(ctx, ticketsIn(refund));
  return done;
}
