/**
 * The local Stripe as a process of its own, with its buyers in it: they pay without asking over HTTP, so that what is on the
 * wire is what a provider causes: webhooks, and the answers to the looks that follow. Told by messages of lib/stripe-side.ts.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { startStripeSandbox } from '../../sandbox/stripe/index.ts';
import type { Asked, Paid } from '../lib/stripe-side.ts';

const deliveredMs = 60_000;
// Stripe does not wait for one endpoint's answers before it tells it more.
const sandbox = await startStripeSandbox({ webhooks: { concurrencyMax: 256 } });
const { url, secretKey, webhookSecret, control } = sandbox;
const now = () => performance.timeOrigin + performance.now();
const say = (message: object) => process.send?.(message);

/** Evenly spread: the load is a rate, not a burst. */
async function pay(sessions: string[], rate: number): Promise<Paid[]> {
  const begun = performance.now();
  const paid: Paid[] = [];
  for (const [index, session] of sessions.entries()) {
    const wait = begun + (index * 1000) / rate - performance.now();
    if (wait > 0) await pause(wait);
    paid.push({ session, at: now() });
    control.pay(session);
  }
  const end = performance.now() + deliveredMs;
  while (!control.delivered()) {
    if (performance.now() > end) throw new Error('not every webhook was delivered');
    await pause(20);
  }
  return paid;
}

process.on('message', async (asked: Asked) => {
  if (asked.do === 'deliver') {
    control.addEndpoint({ url: asked.url, events: asked.events });
    say({ done: [] });
  } else if (asked.do === 'pay') say({ done: await pay(asked.sessions, asked.rate) });
});
process.on('disconnect', () => process.exit(0));
say({ url, secretKey, webhookSecret });
