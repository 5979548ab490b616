/**
 * Looks at what nothing else made one look at: orders that are pending for some minutes, payments past their deadline, events that
 * are still open. With it, every order ends though no webhook and no job ever comes.
 */
import { inTransaction } from '../../persistence/database.ts';
import { claimDue, noticePending } from '../../persistence/queries/payments.ts';
import { claimOpenEvents, webhooksCome } from '../../persistence/queries/provider-events.ts';
import type { Ctx } from '../context.ts';
import { closeGraceMs, settleOrder } from '../orders/settle.ts';
import { webhooksWithinMs } from './poll.ts';
import { settleEvent } from './settle-event.ts';

export type Due = { done: number; failed: number; more: boolean };

/** Of one call: what is claimed and not done because this process dies is due again within a minute. */
const ordersMax = 32;
const eventsMax = 32;
const noticedMax = 1_000;
/**
 * How long an order is pending until it gets a look though nobody told anything, ms. Most are people who type their card number: where
 * webhooks come, and the list brings those that were lost, a look at each after a minute was four looks for ten payments.
 */
const pendingMsWithWebhooks = 300_000;
const pendingMsWithout = 60_000;
/** At the provider's at the same time. */
const atOnce = 8;

export async function settleDue(ctx: Ctx): Promise<Due> {
  const { orders, events } = await inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    const come = await webhooksCome(tx, webhooksWithinMs);
    await noticePending(tx, noticedMax, come ? pendingMsWithWebhooks : pendingMsWithout);
    return {
      orders: await claimDue(tx, ordersMax, closeGraceMs),
      events: await claimOpenEvents(tx, eventsMax),
    };
  });
  const work = [
    ...orders.map((order) => () => settleOrder(ctx, order)),
    ...events.map((event) => () => settleEvent(ctx, event)),
  ];
  const failed = await runAll(work, (err) =>
    ctx.log.warn({ err }, 'a payment could not be settled; it is tried again'),
  );
  const more = orders.length === ordersMax || events.length === eventsMax;
  return { done: work.length - failed, failed, more };
}

/** A few at the same time; answers how many failed. One that fails keeps no other from its turn. */
async function runAll(work: (() => Promise<unknown>)[], failed: (error: unknown) => void): Promise<number> {
  let failures = 0;
  const lane = async () => {
    for (let next = work.shift(); next !== undefined; next = work.shift()) {
      await next().catch((error: unknown) => {
        failures += 1;
        failed(error);
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return failures;
}
