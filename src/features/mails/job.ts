import type { Job } from '../../domain/tasks.ts';

/**
 * Mails at a time, in all workers together: a letter holds a connection to Postgres while it is under way, and a job that only waits
 * for its turn would keep somebody who paid waiting. As queues they are passed by until it is their turn.
 */
const lanes = 4;

/** The job that sends a mail, for the transaction that queues it. */
export const mailJob = (mail: string): Job =>
  inLane(mail, String(Number.parseInt(mail.slice(-2), 16) % lanes));

/** Somebody waits for it at a screen: it does not stand in line behind confirmations. */
export const signInMailJob = (mail: string): Job => inLane(mail, 'sign-in');

const inLane = (mail: string, lane: string): Job => ({
  task: 'send_mail',
  payload: { mail },
  key: `mail:${mail}`,
  queue: `mail:${lane}`,
});
