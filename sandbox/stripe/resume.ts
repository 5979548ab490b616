/** What has to go on after a restart: everything that was to happen at some time is put on the agenda again. */
import type { EventRecord, World } from './core/world.ts';
import { idOf } from './core/world.ts';
import { conductOf } from './intents/methods.ts';
import { authorizedMs, expireAuthorization, settleLater } from './intents/pay.ts';
import { settleRefundWhenDue } from './refunds/settle.ts';
import { expireWhenDue } from './sessions/expire.ts';

/** Returns the events whose webhooks were not all delivered. */
export function resume(world: World): EventRecord[] {
  for (const session of world.sessions.all()) if (session.status === 'open') expireWhenDue(world, session);
  const later = world.agenda.now() + world.rules.settleMs;
  for (const intent of world.intents.all()) {
    const method = world.methods.get(idOf(intent.payment_method) ?? '');
    if (intent.status === 'requires_capture') {
      expireAuthorization(world, intent.id, intent.created * 1000 + authorizedMs);
    }
    if (intent.status !== 'processing' || method === undefined) continue;
    const { pays } = conductOf(method);
    settleLater(world, intent.id, pays.how !== 'later' || pays.succeeds, later);
  }
  for (const refund of world.refunds.all()) settleRefundWhenDue(world, refund, later);
  return world.events.all().filter((event) => event.pending_webhooks > 0);
}
