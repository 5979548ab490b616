/** A sandbox, the real SDK pointed at it, and an endpoint that checks every webhook as an application would. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { onTestFinished } from 'vitest';
import { type SandboxOptions, type StripeSandbox, startStripeSandbox } from '../index.ts';

/** The clock of the tests stands still until they move it. */
export const start = Date.UTC(2030, 0, 1, 12);

export type Bed = StripeSandbox & { stripe: Stripe };

export async function useSandbox(options: SandboxOptions = {}): Promise<Bed> {
  const sandbox = await startStripeSandbox({ now: () => start, ...options });
  onTestFinished(() => sandbox.stop());
  return { ...sandbox, stripe: clientOf(sandbox) };
}

export function clientOf({ port, secretKey }: StripeSandbox, config: Stripe.StripeConfig = {}): Stripe {
  return new Stripe(secretKey, {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    timeout: 5_000,
    telemetry: false,
    ...config,
  });
}

export type Received = { event: Stripe.Event; signature: string; raw: string };

/** Answers each webhook with what `answer` says, 200 by default; keeps those whose signature is right. */
export async function useEndpoint(
  secret: string,
  answer: (event: Stripe.Event, response: ServerResponse) => number | null = () => 200,
) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void read(request).then((raw) => {
      const signature = String(request.headers['stripe-signature']);
      const event = Stripe.webhooks.constructEvent(raw, signature, secret);
      received.push({ event, signature, raw });
      const status = answer(event, response);
      if (status !== null) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return { url, received, types: () => received.map(({ event }) => event.type) };
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

export async function until(met: () => boolean, what: string, maxMs = 5_000): Promise<void> {
  const limit = Date.now() + maxMs;
  while (!met()) {
    if (Date.now() > limit) throw new Error(`waited ${maxMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A session of two tickets at 25.00 each, changed as the test likes. */
export function newSession(changes: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  return {
    mode: 'payment',
    line_items: [
      {
        quantity: 2,
        price_data: { currency: 'usd', unit_amount: 2_500, product_data: { name: 'General Admission' } },
      },
    ],
    success_url: 'http://shop.test/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://shop.test/back',
    ...changes,
  } satisfies Stripe.Checkout.SessionCreateParams;
}

export const manual = { payment_intent_data: { capture_method: 'manual' } } as const;

/** What the SDK throws, as a value. */
export async function faultOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('the call was expected to be refused');
}
