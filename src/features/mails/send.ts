/**
 * Sends one mail, as nearly once as mail can be.
 *
 *   queued, failed  its row is locked, it is written from the records, sent, and noted; all in one transaction
 *   sent, dead      final: nothing is done
 *
 * While one worker has the row, another finds it busy. A worker that dies between the server's "taken" and its own commit
 * leaves the row as it was: the mail is sent once more then, under the same Message-ID.
 */
import type { Tx } from '../../persistence/database.ts';
import { inTransaction } from '../../persistence/database.ts';
import { attemptsMax } from '../../persistence/queries/jobs.ts';
import { lockMail, type MailRow, noteMail } from '../../persistence/queries/mails.ts';
import type { Ctx } from '../context.ts';
import { compose, type Postal } from './compose.ts';

export type Sent =
  | { status: 'sent' | 'already' | 'busy' | 'unknown' }
  /** `again`: a later attempt may succeed. */
  | { status: 'failed'; cause: string; again: boolean };

/** Longer than a letter may take (platform/mail/smtp.ts): while it is under way the transaction says nothing. */
const idleInTransactionMs = 40_000;

export function sendMail(ctx: Postal & Pick<Ctx, 'db'>, id: string): Promise<Sent> {
  return inTransaction(
    ctx.db,
    { role: 'worker', timeouts: { idleInTransactionMs }, prepared: true },
    async (tx) => {
      const mail = await lockMail(tx, id);
      if (mail === undefined) return { status: 'unknown' };
      if (mail === 'busy') return { status: 'busy' };
      if (mail.status === 'sent' || mail.status === 'dead') return { status: 'already' };
      return attempt(ctx, tx, mail);
    },
  );
}

async function attempt(ctx: Postal, tx: Tx, mail: MailRow): Promise<Sent> {
  const composed = await compose(ctx, tx, mail);
  if (composed.status !== 'composed') {
    await noteMail(tx, mail.id, { status: 'dead', cause: composed.cause, messageId: null });
    return { status: 'failed', cause: composed.cause, again: false };
  }
  const { messageId } = composed.letter;
  const posted = await ctx.mailing.post.send(composed.letter);
  if (posted.status === 'sent') {
    await noteMail(tx, mail.id, { status: 'sent', cause: null, messageId });
    return { status: 'sent' };
  }
  const again = !posted.lasting && mail.attempts + 1 < attemptsMax;
  await noteMail(tx, mail.id, { status: again ? 'failed' : 'dead', cause: posted.cause, messageId });
  return { status: 'failed', cause: posted.cause, again };
}
