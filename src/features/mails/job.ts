import type { Job } from '../../domain/tasks.ts';

/** The job that sends a mail, for the transaction that queues it. */
export const mailJob = (mail: string): Job => ({ task: 'send_mail', payload: { mail }, key: `mail:${mail}` });
