/** Paying a session: what the hosted page does when somebody clicks, and what a test does without one. */
import { refused } from '../core/errors.ts';
import type { Method, Session, World } from '../core/world.ts';
import { payIntent } from '../intents/pay.ts';
import { intentOfSession } from './create.ts';

/** `method` may be null when nothing is to be paid. @throws StripeFault as `payIntent`, and when the session is not open. */
export function paySession(
  world: World,
  session: Session,
  method: Method | null,
  email: string | null,
): void {
  if (session.status !== 'open') throw refused(`This Checkout Session has a status of ${session.status}.`);
  session.customer_details = {
    address: null,
    business_name: null,
    email: email ?? session.customer_email,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  };
  world.sessions.put(session);
  if (session.payment_status === 'no_payment_required') {
    session.status = 'complete';
    session.url = null;
    world.sessions.put(session);
    world.emit('checkout.session.completed', session);
    return;
  }
  if (method === null) throw refused('A payment method is needed.');
  payIntent(world, intentOfSession(world, session), method, landingOf(session));
}

/** Where the buyer goes afterwards. */
export function landingOf(session: Session): string | null {
  return session.success_url?.replaceAll('{CHECKOUT_SESSION_ID}', session.id) ?? null;
}
