/**
 * Acts on events that were stored together, by a look at each order that they name. What fails there, and an order that nobody
 * knows, goes on as a job of its own, which has attempts, pauses between them, and an end.
 */
import { Fault } from '../../domain/faults.ts';
import type { OrderId } from '../../domain/ids.ts';
import type { Tasks } from '../../domain/tasks.ts';
import { type Database, inTransaction } from '../../persistence/database.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { createGate } from '../../platform/gate.ts';
import { oneFor } from '../batched.ts';
import type { Ctx } from '../context.ts';
import type { InQueue } from '../jobs/queues.ts';
import { settleOrder } from '../orders/settle.ts';
import { orderEventJob, queueOfOrder } from './job.ts';

/**
 * Orders of one process that are looked at at the same time. Each takes a third of a second, most of it waiting, for the provider and
 * for the records: with 64 of them, 200 a second are a queue.
 */
const ordersAtOnce = 256;
/** More than all jobs at once bring: who is too many here goes on as a job. */
const waitingMax = 5_000;
/** Until a look that failed is repeated, as long as a job's first pause, ms. */
const againMs = 3_000;

const room = oneFor((_db: Database) => createGate({ runningMax: ordersAtOnce, waitingMax }));

/** `inQueue` keeps everybody else from the order meanwhile. */
export async function settleEvents(
  ctx: Ctx,
  { told }: Tasks['settle_events'],
  inQueue: InQueue,
): Promise<void> {
  const eventOf = new Map(told.map(({ event, order }) => [order as OrderId, event]));
  const ends = await Promise.all([...eventOf.keys()].map((order) => settle(ctx, order, inQueue)));
  const now = ctx.clock.now();
  const left = [...eventOf].flatMap(([order, event], index) => {
    const end = ends[index];
    return end === 'settled' ? [] : [orderEventJob(event, order, end === 'failed' ? now + againMs : now)];
  });
  if (left.length > 0) await inTransaction(ctx.db, { role: 'worker' }, (tx) => addJobs(tx, left));
}

async function settle(
  ctx: Ctx,
  order: OrderId,
  inQueue: InQueue,
): Promise<'settled' | 'order_unknown' | 'failed'> {
  const tooMany = () => new Fault('records_unavailable', 'too many orders wait for being settled');
  try {
    const look = () => inQueue(queueOfOrder(order), () => settleOrder(ctx, order));
    const { status } = await room(ctx.db)(look, tooMany);
    return status === 'order_unknown' ? 'order_unknown' : 'settled';
  } catch (err) {
    ctx.log.warn({ order, err }, 'what was told about an order could not be acted on; it is tried again');
    return 'failed';
  }
}
