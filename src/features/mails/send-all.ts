/**
 * Sends mails of the same moment, one after the other. A letter costs as much as settling an order does, and nobody stands at a door
 * for it: it waits for a moment in which there is time.
 */
import { Fault } from '../../domain/faults.ts';
import { inTransaction } from '../../persistence/database.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { spareTime } from '../../platform/spare.ts';
import type { Ctx } from '../context.ts';
import type { Postal } from './compose.ts';
import { mailJob, mailsJobs } from './job.ts';
import { sendMail } from './send.ts';

export type MailsCtx = Postal & Pick<Ctx, 'db' | 'log' | 'clock'>;

/** How long a letter waits for time to spare at most, ms. */
const spareMs = 20_000;
/** Until one that was not taken is tried again, as long as a job's first pause, ms. */
const againMs = 3_000;
/** No further letter is begun after so long, ms: somebody who signs in may wait for the next place. */
const boundMs = 10_000;

/** Throws when the mail is to be tried again. */
export async function sendOne(ctx: MailsCtx, mail: string): Promise<void> {
  await spareTime(spareMs);
  const outcome = await sendMail(ctx, mail);
  if (outcome.status === 'busy')
    throw new Fault('records_unavailable', `mail ${mail} is being sent elsewhere`);
  if (outcome.status !== 'failed') return;
  if (outcome.again) throw new Error(`mail ${mail} was not taken: ${outcome.cause}`);
  ctx.log.error({ mail, cause: outcome.cause }, 'a mail is not sent and will not be');
}

/**
 * One that is to be tried again goes on as a job of its own, and so do together those that are left when `isStopping` or the time
 * is up. The first one is tried in any case, so that nothing goes round without an end.
 */
export async function sendAll(
  ctx: MailsCtx,
  mails: string[],
  until: { isStopping(): boolean; boundMs?: number },
): Promise<void> {
  const again: string[] = [];
  const end = performance.now() + (until.boundMs ?? boundMs);
  const goesOn = () => !until.isStopping() && performance.now() < end;
  let next = 0;
  for (; next < mails.length && (next === 0 || goesOn()); next++) {
    const mail = mails[next] as string;
    await sendOne(ctx, mail).catch((err: unknown) => {
      ctx.log.warn({ mail, err }, 'a mail was not sent and is tried again');
      again.push(mail);
    });
  }
  const runAt = ctx.clock.now() + againMs;
  const jobs = [...again.map((mail) => ({ ...mailJob(mail), runAt })), ...mailsJobs(mails.slice(next))];
  if (jobs.length > 0) await inTransaction(ctx.db, { role: 'worker' }, (tx) => addJobs(tx, jobs));
}
