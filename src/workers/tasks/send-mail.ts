/**
 * The task `send_mail`. A letter holds a connection to Postgres while it is under way, so only a few are at once: the journal needs
 * connections too. Throws when the mail is to be tried again.
 */
import { Fault } from '../../domain/faults.ts';
import type { Ctx } from '../../features/context.ts';
import { sendMail } from '../../features/mails/send.ts';
import type { Task } from './list.ts';

/** As many as the post keeps connections; a minute of letters to a dead server is 2 x 60 / 20 s. */
const atOnceMax = 2;

export function sendMailTask(ctx: Ctx): Task<'send_mail'> {
  let running = 0;
  const waiting: (() => void)[] = [];
  const turn = async () => {
    if (running >= atOnceMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
  };
  const next = () => {
    const first = waiting.shift();
    if (first) first();
    else running -= 1;
  };
  return async ({ mail }) => {
    await turn();
    try {
      const outcome = await sendMail(ctx, mail);
      if (outcome.status === 'busy')
        throw new Fault('records_unavailable', `mail ${mail} is being sent elsewhere`);
      if (outcome.status !== 'failed') return;
      if (outcome.again) throw new Error(`mail ${mail} was not taken: ${outcome.cause}`);
      ctx.log.error({ mail, cause: outcome.cause }, 'a mail is not sent and will not be');
    } finally {
      next();
    }
  };
}
