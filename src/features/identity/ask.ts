/**
 * Asks for a sign-in link. Whoever asks learns nothing: an address nobody has, one that has one, and one that was written to
 * too often are answered alike, and after the same time.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { UserId } from '../../domain/ids.ts';
import { inTransaction } from '../../persistence/database.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { queueSignInMail } from '../../persistence/queries/mails.ts';
import { insertLink, linksSince, lockContact } from '../../persistence/queries/sign-in-links.ts';
import type { Ctx } from '../context.ts';
import { anyText } from '../input.ts';
import { awaitedMailJob } from '../mails/job.ts';
import { linkMinutes, linksMax } from './limits.ts';

export const signInInput = z.strictObject({
  email: anyText
    .trim()
    .max(254)
    .regex(/^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/u, 'must be an e-mail address')
    .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters')
    .meta({ description: 'An e-mail address.' }),
  locale: z.enum(['en', 'de']).optional(),
});

/** The difference between an address that is known and one that is not is a few writes; this covers it. */
const answerMs = 100;
const lifeMs = linkMinutes * 60_000;

/** `askedBy`: the session that asks; where it is also the one that uses the link, its own orders are joined. */
export async function askToSignIn(
  ctx: Ctx,
  { email, locale }: z.output<typeof signInInput>,
  askedBy: UserId | undefined,
): Promise<void> {
  const ready = pause(answerMs);
  await inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    const contact = await lockContact(tx, email);
    if (!contact || (await linksSince(tx, contact.id, lifeMs)) >= linksMax) return;
    const id = ctx.ids.uuid();
    const { sha256 } = ctx.mailing.tokens.make(id);
    await insertLink(tx, { id, contact: contact.id, sha256, askedBy, lifeMs });
    const mail = await queueSignInMail(tx, { id, contact: contact.id, locale: locale ?? contact.locale });
    await addJobs(tx, [awaitedMailJob(mail)]);
  });
  await ready;
}
