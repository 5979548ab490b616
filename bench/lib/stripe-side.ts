/** The provider of a benchmark: the local Stripe in a process of its own, whose buyers pay when they are told. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../servers/stripe.ts', import.meta.url));
const startMs = 30_000;

/** `at`: Unix ms, when the buyer's payment was made. */
export type Paid = { session: string; at: number };
export type Asked =
  | { do: 'deliver'; url: string; events: string[] }
  | { do: 'pay'; sessions: string[]; rate: number };

export type StripeSide = {
  /** Settings that make Holdfast use it. */
  settings: Record<string, string>;
  pid: number;
  /** Webhooks of what docs/payments.md tells to subscribe to go there. */
  deliverTo(url: string): Promise<void>;
  /** Pays these sessions, so many a second; ends when every webhook is delivered. */
  pay(sessions: string[], rate: number): Promise<Paid[]>;
  stop(): Promise<void>;
};

/** Of an order that is paid on the hosted page, what an endpoint is subscribed to by docs/payments.md. */
const subscribed = [
  'checkout.session.completed',
  'checkout.session.expired',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'payment_intent.succeeded',
  'payment_intent.canceled',
  'payment_intent.amount_capturable_updated',
];

export async function startStripeSide(): Promise<StripeSide> {
  const child = fork(program, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const { url, secretKey, webhookSecret } = await answerOf<{
    url: string;
    secretKey: string;
    webhookSecret: string;
  }>(child, startMs);
  const ask = async (asked: Asked, boundMs: number) => {
    child.send(asked);
    const { done } = await answerOf<{ done: Paid[] }>(child, boundMs);
    return done;
  };
  return {
    settings: {
      STRIPE_SECRET_KEY: secretKey,
      STRIPE_WEBHOOK_SECRET: webhookSecret,
      STRIPE_API_BASE: url,
    },
    pid: child.pid ?? -1,
    deliverTo: async (target) => {
      await ask({ do: 'deliver', url: target, events: subscribed }, startMs);
    },
    pay: (sessions, rate) =>
      ask({ do: 'pay', sessions, rate }, (sessions.length / rate) * 1000 + 120_000),
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

async function answerOf<Answer>(child: ChildProcess, boundMs: number): Promise<Answer> {
  const bound = AbortSignal.timeout(boundMs);
  const [answer] = await Promise.race([
    once(child, 'message', { signal: bound }),
    once(child, 'exit', { signal: bound }).then(([code]) => {
      throw new Error(`the provider ended with ${code}`);
    }),
  ]);
  return answer as Answer;
}
