/** A mail out of the records, as they are when it is sent. */
import { showId } from '../../domain/ids.ts';
import type { Tx } from '../../persistence/database.ts';
import { contactById } from '../../persistence/queries/contacts.ts';
import { type OrderFacts, orderFacts, refundFacts } from '../../persistence/queries/mail-facts.ts';
import type { MailRow } from '../../persistence/queries/mails.ts';
import { liveLink } from '../../persistence/queries/sign-in-links.ts';
import { addressOf } from '../../platform/mail/address.ts';
import type { Letter } from '../../platform/mail/post.ts';
import type { Ctx } from '../context.ts';
import { linkMinutes } from '../identity/limits.ts';
import { confirmation } from './templates/confirmation.ts';
import type { OrderAbout } from './templates/order.ts';
import { refund } from './templates/refund.ts';
import type { Rendered } from './templates/render.ts';
import { signIn } from './templates/sign-in.ts';
import { unfulfilled } from './templates/unfulfilled.ts';
import { type Locale, localeOf } from './templates/words.ts';

export type Postal = Pick<Ctx, 'mailing' | 'publicUrl'>;

type Written = { status: 'written'; said: Rendered } | { status: 'pointless'; cause: string };

/** `pointless`: there is nobody to write to any more, or nothing worth saying. */
export async function compose(
  ctx: Postal,
  tx: Tx,
  mail: MailRow,
): Promise<{ status: 'composed'; letter: Letter } | { status: 'pointless'; cause: string }> {
  const contact = await contactById(tx, mail.contact);
  if (!contact) return { status: 'pointless', cause: 'the person was erased' };
  const locale = localeOf(mail.locale);
  const written =
    mail.kind === 'sign_in' ? await link(ctx, tx, mail, locale) : await order(ctx, tx, mail, locale);
  if (written.status !== 'written') return written;
  const { from } = ctx.mailing;
  const letter: Letter = {
    ...written.said,
    messageId: `${mail.id}@${addressOf(from).split('@')[1]}`,
    from,
    to: { name: contact.name ?? '', address: contact.email.trim() },
    at: mail.createdAt.getTime(),
    language: locale,
  };
  return { status: 'composed', letter };
}

async function link(
  { publicUrl, mailing }: Postal,
  tx: Tx,
  { link: id }: MailRow,
  locale: Locale,
): Promise<Written> {
  const live = id === null ? undefined : await liveLink(tx, id);
  const token = id === null || !live ? undefined : mailing.tokens.again(id, live.sha256);
  if (token === undefined)
    return { status: 'pointless', cause: 'the link is used, too old, or of a key that is gone' };
  return {
    status: 'written',
    said: signIn({ url: `${publicUrl}/sign-in/${token}`, minutes: linkMinutes }, locale),
  };
}

async function order(ctx: Postal, tx: Tx, mail: MailRow, locale: Locale): Promise<Written> {
  const facts = mail.order === null ? undefined : await orderFacts(tx, mail.order);
  if (!facts) return { status: 'pointless', cause: 'the order is gone' };
  const about = aboutOf(ctx.publicUrl, facts);
  if (mail.kind === 'confirmation') return { status: 'written', said: confirmation(about, locale) };
  if (mail.kind === 'unfulfilled') return { status: 'written', said: unfulfilled(about, locale) };
  const refunded = mail.refund === null ? undefined : await refundFacts(tx, mail.refund);
  if (!refunded) return { status: 'pointless', cause: 'the refund is gone' };
  const { voids, ...money } = refunded;
  return { status: 'written', said: refund({ ...about, refunded: money, voids, kept: facts.kept }, locale) };
}

function aboutOf(publicUrl: string, facts: OrderFacts): OrderAbout {
  const shown = showId('order', facts.order);
  return { ...facts, order: shown, url: `${publicUrl}/orders/${shown}` };
}
