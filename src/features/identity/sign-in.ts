/**
 * Uses a sign-in link. The session it gives is that of the person with the mailbox: a user id of their own, made when the mailbox
 * is proven first and never one that a browser brought along, which somebody else might know too.
 *
 * The orders of the mailbox become theirs, and so do those of the anonymous session that asked for the link, if it is the one
 * that uses it: a link that is pushed on somebody else takes nothing from them.
 */
import type { UserId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { isAnonymous, moveOrders, setContactUser } from '../../persistence/queries/join-orders.ts';
import { useLink } from '../../persistence/queries/sign-in-links.ts';
import type { Ctx } from '../context.ts';
import { forgetTickets } from '../tickets/kept.ts';
import { digestOf, tokenShape } from './link-tokens.ts';

export type SignedIn = { status: 'signed_in'; user: UserId; joined: number };

export async function signIn(
  ctx: Ctx,
  token: string,
  session: UserId | undefined,
): Promise<SignedIn | Refusal<'sign_in_link_unknown'>> {
  if (!tokenShape.test(token)) return { status: 'sign_in_link_unknown' };
  const outcome = await inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    const link = await useLink(tx, digestOf(token));
    if (!link) return undefined;
    const user = (link.user ?? ctx.ids.uuid()) as UserId;
    if (link.user === null) await setContactUser(tx, link.contact, user);
    const asked = session !== undefined && session === link.askedBy && (await isAnonymous(tx, session));
    const moved = await moveOrders(tx, { contact: link.contact, session: asked ? session : null, user });
    return { user, moved };
  });
  if (outcome === undefined) return { status: 'sign_in_link_unknown' };
  const { user, moved } = outcome;
  // Whose they were is not shown them any more.
  await forgetTickets(ctx, moved.tickets);
  return { status: 'signed_in', user, joined: moved.orders };
}
