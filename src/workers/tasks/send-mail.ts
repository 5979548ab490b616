/** The tasks `send_mail` and `send_mails`: letters that are due, alone and together. */
import { type MailsCtx, sendAll, sendOne } from '../../features/mails/send-all.ts';
import type { Task } from './list.ts';

/** Throws when the mail is to be tried again. */
export const sendMailTask =
  (ctx: MailsCtx): Task<'send_mail'> =>
  ({ mail }) =>
    sendOne(ctx, mail);

export const sendMailsTask =
  (ctx: MailsCtx): Task<'send_mails'> =>
  ({ mails }, { isStopping }) =>
    sendAll(ctx, mails, { isStopping });
