/** A session follows the intent it is paid with. */
import type { Intent, Session, World } from '../core/world.ts';

function sessionOf(world: World, intent: Intent): Session | undefined {
  return world.sessions.of('payment_intent', intent.id)[0];
}

/** The buyer has done their part: the intent is authorized, being settled, or paid. */
export function completeSession(world: World, intent: Intent): void {
  const session = sessionOf(world, intent);
  if (session?.status !== 'open') return;
  session.status = 'complete';
  session.url = null;
  // With manual capture the money is not the account's yet, so Stripe says unpaid until it is captured.
  session.payment_status = intent.status === 'succeeded' ? 'paid' : 'unpaid';
  world.sessions.put(session);
  world.emit('checkout.session.completed', session);
}

export function sessionCaptured(world: World, intent: Intent): void {
  const session = sessionOf(world, intent);
  if (session === undefined) return;
  session.payment_status = 'paid';
  world.sessions.put(session);
}

/** A delayed method has ended, either way. */
export function sessionSettled(world: World, intent: Intent): void {
  const session = sessionOf(world, intent);
  if (session === undefined) return;
  const paid = intent.status === 'succeeded';
  if (paid) session.payment_status = 'paid';
  world.sessions.put(session);
  world.emit(`checkout.session.async_payment_${paid ? 'succeeded' : 'failed'}`, session);
}
