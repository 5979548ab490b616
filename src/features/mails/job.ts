import { inParts } from '../../domain/parts.ts';
import type { Job } from '../../domain/tasks.ts';

/** Nobody stands at a door for a confirmation: whatever else is due comes first. */
const later = 10;
/** Of one job: so many that the job is a small part of the work, and a worker that stops need not wait long. */
const mailsMax = 20;
/** Each waits for its letters, so that a full house of them would leave no place for a payment. */
const lanes = 8;

/** The job that sends a mail, for the transaction that queues it. */
export function mailJob(mail: string): Job {
  return { task: 'send_mail', payload: { mail }, key: `mail:${mail}`, priority: later };
}

/** Of a mail that somebody has just asked for and waits for. */
export const awaitedMailJob = (mail: string): Job => ({ ...mailJob(mail), priority: 0 });

/** The jobs that send mails of the same moment. */
export function mailsJobs(mails: string[]): Job[] {
  return inParts(mails, mailsMax).map((part) => ({
    task: 'send_mails',
    payload: { mails: part },
    priority: later,
    lane: `letters:${Number.parseInt(part[0]?.at(-1) ?? '0', 16) % lanes}`,
  }));
}
