/**
 * What the payment provider sends. Its signature is checked before anything reads the body; then it is stored, and only then
 * answered 200. Any other answer makes the provider send it again, which is what a fault of ours needs.
 */
import { receiveEvent } from '../../features/payments/receive-event.ts';
import * as api from '../api/webhooks.ts';
import { readRaw } from '../body.ts';
import { type Call, type Edge, json, type Route, refuse, route } from '../edge.ts';

/** The provider's own events have a few KB; a basket of a hundred lines has less than this. */
const bytesMax = 1024 * 1024;

export function webhookRoutes(edge: Edge): Route[] {
  const figures = edge.metrics.payments;
  const stripe = async (call: Call): Promise<Response> => {
    const { payments, db, clock } = call.ctx;
    const receivedAt = clock.now();
    const body = await readRaw(call.incoming, bytesMax);
    if (body.status !== 'read') {
      figures.webhook('other', 'refused');
      return refuse(call, body, { connection: 'close' });
    }
    const signature = call.incoming.headers['stripe-signature'];
    const read = payments.readWebhook(body.bytes, signature?.toString(), receivedAt);
    if (read.status !== 'event') {
      figures.webhook('other', 'refused');
      return refuse(call, { status: read.status });
    }
    const { event } = read;
    try {
      const received = await receiveEvent({ db, payments }, event, 'webhook');
      figures.webhook(event.type, received, received === 'stored' ? receivedAt - event.createdAt : undefined);
      return json(call, 200, JSON.stringify({ received }));
    } catch (fault) {
      figures.webhook(event.type, 'failed');
      throw fault;
    }
  };
  return [route(api.stripeWebhook, stripe)];
}
