/** Calls of the SDK that run at the same time: each knows its own tries, or what may have been done passes for not done. */
import { createServer, type Socket } from 'node:net';
import type Stripe from 'stripe';
import { afterEach, expect, test } from 'vitest';
import { type Listening, listening } from '../../../test/support/listening.ts';
import { createBreaker } from './breaker.ts';
import { createCalls } from './call.ts';
import { createClients } from './client.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

function callsTo(apiBase: string, totalMs = 5_000) {
  const breaker = createBreaker({ failures: 100, restMs: 100 });
  const clients = createClients({ secretKey: 'sk_test_1', apiBase, timeoutMs: 2_000, breaker });
  return createCalls({ clients, breaker, totalMs });
}

const faultOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no fault',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
/** Two tries: the SDK waits about half a second between them. */
const refund = (stripe: Stripe) =>
  stripe.refunds.create({ payment_intent: 'pi_1' }, { idempotencyKey: 'k', maxNetworkRetries: 1 });
/** One try. */
const look = (stripe: Stripe) => stripe.paymentIntents.retrieve('pi_1');

test('of two calls at once one is not sent and the other is lost at its second try: each is told what became of it', async () => {
  const gone = await listening(() => {});
  const { port } = new URL(gone.url);
  await gone.stop();
  const calls = callsTo(gone.url);
  const lost = faultOf(calls.run('refund', 'change', refund));
  expect(await faultOf(calls.run('cancel', 'change', look))).toBe('payments_unavailable');
  // Only now somebody is there, who takes the request and says nothing about it.
  const cutter = createServer((socket: Socket) => {
    socket.once('data', () => socket.destroy());
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => cutter.listen(Number(port), '127.0.0.1', resolve));
  running.push({ stop: async () => void cutter.close() });
  expect(await lost).toBe('payment_outcome_unknown');
});

test('a call that nobody waits for any more keeps its client until it ends; then the next one has it', async () => {
  const silent: Listening = await listening((socket) => socket.on('error', () => {}));
  running.push(silent);
  const calls = callsTo(silent.url, 50);
  const seen: Stripe[] = [];
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const slow = async (stripe: Stripe) => {
    seen.push(stripe);
    await ended;
  };
  expect(await faultOf(calls.run('refund', 'change', slow))).toBe('payment_outcome_unknown');
  const quick = async (stripe: Stripe) => void seen.push(stripe);
  await calls.run('look', 'look', quick);
  await calls.run('look', 'look', quick);
  end();
  await ended;
  await new Promise((resolve) => setImmediate(resolve));
  await calls.run('look', 'look', quick);
  const [first, second, third, fourth] = seen;
  expect(second).not.toBe(first);
  expect(third).toBe(second);
  expect(fourth).toBe(first);
});
