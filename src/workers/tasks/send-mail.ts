/**
 * The task `send_mail`. A letter costs as much as settling an order does, and nobody stands at a door for it: it waits for a moment
 * in which there is time. Throws when the mail is to be tried again.
 */
import { Fault } from '../../domain/faults.ts';
import type { Ctx } from '../../features/context.ts';
import { sendMail } from '../../features/mails/send.ts';
import { spareTime } from '../../platform/spare.ts';
import type { Task } from './list.ts';

/** How long it waits for that at most, ms. */
const waitMs = 20_000;

export function sendMailTask(ctx: Ctx): Task<'send_mail'> {
  return async ({ mail }) => {
    await spareTime(waitMs);
    const outcome = await sendMail(ctx, mail);
    if (outcome.status === 'busy')
      throw new Fault('records_unavailable', `mail ${mail} is being sent elsewhere`);
    if (outcome.status !== 'failed') return;
    if (outcome.again) throw new Error(`mail ${mail} was not taken: ${outcome.cause}`);
    ctx.log.error({ mail, cause: outcome.cause }, 'a mail is not sent and will not be');
  };
}
