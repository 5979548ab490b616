/** A session that nobody paid ends: by a call, or by its own time. */
import { refused } from '../core/errors.ts';
import type { Session, World } from '../core/world.ts';
import { releaseAuthorization } from '../intents/cancel.ts';

/** @throws StripeFault when the session is complete or has expired. */
export function expireSession(world: World, session: Session): Session {
  if (session.status !== 'open') {
    throw refused(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
    );
  }
  session.status = 'expired';
  session.url = null;
  world.sessions.put(session);
  const intent = world.intents.get(String(session.payment_intent));
  if (intent !== undefined && intent.status !== 'canceled') releaseAuthorization(world, intent, 'expired');
  world.emit('checkout.session.expired', session);
  return session;
}

export function expireWhenDue(world: World, { id, expires_at }: Session): void {
  world.agenda.at(expires_at * 1000, () => {
    const session = world.sessions.get(id);
    if (session?.status === 'open') expireSession(world, session);
  });
}
