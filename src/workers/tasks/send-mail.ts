/**
 * The tasks `send_mail` and `send_mails`. A letter costs as much as settling an order does, and nobody stands at a door for it: it
 * waits for a moment in which there is time.
 */
import { Fault } from '../../domain/faults.ts';
import type { Ctx } from '../../features/context.ts';
import type { Postal } from '../../features/mails/compose.ts';
import { mailJob, mailsJobs } from '../../features/mails/job.ts';
import { sendMail } from '../../features/mails/send.ts';
import { inTransaction } from '../../persistence/database.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { spareTime } from '../../platform/spare.ts';
import type { Task } from './list.ts';

/** How long a letter waits for that at most, ms. */
const waitMs = 20_000;
/** Until one that was not taken is tried again, as long as a job's first pause, ms. */
const againMs = 3_000;
/** No further letter of a job is begun after so long, ms: somebody who signs in may wait for the next place. */
const batchMs = 10_000;

type MailsCtx = Postal & Pick<Ctx, 'db' | 'log' | 'clock'>;

/** Throws when the mail is to be tried again. */
export function sendMailTask(ctx: MailsCtx): Task<'send_mail'> {
  return async ({ mail }) => {
    await spareTime(waitMs);
    await send(ctx, mail);
  };
}

/**
 * One after the other. One that is to be tried again goes on as a job of its own, and so do those that are left when the worker
 * stops or the time is up. The first one is tried in any case, so that every job does something.
 */
export function sendMailsTask(ctx: MailsCtx, boundMs = batchMs): Task<'send_mails'> {
  return async ({ mails }, { isStopping }) => {
    const again: string[] = [];
    const end = performance.now() + boundMs;
    const goesOn = () => !isStopping() && performance.now() < end;
    let next = 0;
    for (; next < mails.length && (next === 0 || goesOn()); next++) {
      const mail = mails[next] as string;
      await spareTime(waitMs);
      await send(ctx, mail).catch((err: unknown) => {
        ctx.log.warn({ mail, err }, 'a mail was not sent and is tried again');
        again.push(mail);
      });
    }
    const runAt = ctx.clock.now() + againMs;
    const jobs = [...again.map((mail) => ({ ...mailJob(mail), runAt })), ...mailsJobs(mails.slice(next))];
    if (jobs.length > 0) await inTransaction(ctx.db, { role: 'worker' }, (tx) => addJobs(tx, jobs));
  };
}

async function send(ctx: MailsCtx, mail: string): Promise<void> {
  const outcome = await sendMail(ctx, mail);
  if (outcome.status === 'busy')
    throw new Fault('records_unavailable', `mail ${mail} is being sent elsewhere`);
  if (outcome.status !== 'failed') return;
  if (outcome.again) throw new Error(`mail ${mail} was not taken: ${outcome.cause}`);
  ctx.log.error({ mail, cause: outcome.cause }, 'a mail is not sent and will not be');
}
