/**
 * Resend: mails that were given up are sent again, each once more ten times at most, by jobs of the same transaction. One that was
 * sent, or is on its way, is left alone: nobody gets two.
 */
import { type Database, inTransaction } from '../../persistence/database.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { type DeadMail, deadMails, queueAgain } from '../../persistence/queries/mails.ts';
import { mailJob } from './job.ts';

/** Of one call: what more there is stays dead until the next one. */
export const resendMax = 1_000;

export function listDead({ db }: { db: Database }, limit: number): Promise<DeadMail[]> {
  return inTransaction(db, { role: 'worker', readOnly: true }, (tx) => deadMails(tx, limit));
}

/** Answers the ids of those that will be sent. */
export function resend({ db }: { db: Database }, which: string[] | 'all'): Promise<string[]> {
  return inTransaction(db, { role: 'worker' }, async (tx) => {
    const queued = await queueAgain(tx, which, resendMax);
    await addJobs(tx, queued.map(mailJob));
    return queued;
  });
}
