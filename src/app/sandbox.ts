/** The stand-in for the payment provider that `holdfast dev` runs where none is configured: no real money, real webhooks. */
import { join } from 'node:path';
import { rememberedPort } from '../platform/embedded/port.ts';

export type RunningSandbox = {
  url: string;
  secretKey: string;
  webhookSecret: string;
  stop(): Promise<void>;
};

export type SandboxPlace = {
  dataDir: string;
  /** Where the server of this installation listens. */
  host: string;
  port: number;
  secretKey: string;
  webhookSecret: string;
};

/** What it knows is kept in the data folder, so that orders of yesterday can be refunded today. */
export async function startSandbox(place: SandboxPlace): Promise<RunningSandbox> {
  const { dataDir, secretKey, webhookSecret } = place;
  // Only `dev` needs it, and an image has none.
  const { startStripeSandbox } = await import('../../sandbox/stripe/index.ts');
  const loopback = /^(0\.0\.0\.0|::|)$/.test(place.host) ? '127.0.0.1' : place.host;
  const host = loopback.includes(':') ? `[${loopback}]` : loopback;
  return startStripeSandbox({
    port: await rememberedPort(join(dataDir, 'stripe-sandbox.port')),
    secretKey,
    webhookSecret,
    // Where the port is only known later, the poller brings what happened.
    endpoints: place.port === 0 ? [] : [{ url: `http://${host}:${place.port}/v1/webhooks/stripe` }],
    dataFile: join(dataDir, 'stripe-sandbox.json'),
  });
}
