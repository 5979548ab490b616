/**
 * A Stripe for this machine. The real SDK talks to it (`new Stripe(key, { host, port, protocol: 'http' })`); it keeps everything in
 * memory, and in one file if it is told. What it does and what it leaves out: docs/stripe-sandbox.md.
 */

import { type Control, makeControl } from './control.ts';
import { Agenda } from './core/agenda.ts';
import { World } from './core/world.ts';
import { type HostileOptions, Hostility } from './hostile/hostility.ts';
import type { Site } from './http/api.ts';
import type { Controlled } from './http/controls.ts';
import { Idempotency } from './http/idempotency.ts';
import { listen } from './http/server.ts';
import { Keeper } from './keep.ts';
import { type Ledger, ledgerOf } from './ledger.ts';
import { resume } from './resume.ts';
import { Deliverer, type DeliveryRules } from './webhooks/deliver.ts';
import { addEndpoint } from './webhooks/routes.ts';

export type { Control, PayOptions } from './control.ts';
export type { FaultCounts, HostileOptions } from './hostile/hostility.ts';
export type { Ledger, Totals } from './ledger.ts';
export type { Attempt, Delivery } from './webhooks/deliver.ts';

export type SandboxOptions = {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free one. */
  port?: number;
  /** Where browsers reach it, when that is not where it listens. */
  publicUrl?: string;
  /** Must begin with `sk_test_`. */
  secretKey?: string;
  /** The secret of the endpoints given here or through `control`. */
  webhookSecret?: string;
  /** Where webhooks go from the start; without `events`, all of them. */
  endpoints?: { url: string; events?: string[] }[];
  /** Unix ms. Default `Date.now`. */
  now?: () => number;
  /** How long SEPA debits and pending refunds take. Default 5 s. */
  settleMs?: number;
  /** Each call takes at least this long. Default 0. */
  latencyMs?: number;
  webhooks?: Partial<DeliveryRules>;
  hostile?: HostileOptions;
  /** Where everything is kept over a restart. Default: nowhere. One sandbox at a time. */
  dataFile?: string;
};

export type StripeSandbox = {
  url: string;
  port: number;
  secretKey: string;
  webhookSecret: string;
  ledger(): Ledger;
  control: Control;
  stop(): Promise<void>;
};

/** The version of the API that the installed SDK speaks; a test holds the two together. */
const apiVersion = '2026-10-28.endive';

const deliveryRules: DeliveryRules = {
  attemptsMax: 16,
  retryBaseMs: 1_000,
  retryMaxMs: 60_000,
  timeoutMs: 10_000,
  concurrencyMax: 16,
};

export async function startStripeSandbox(options: SandboxOptions = {}): Promise<StripeSandbox> {
  const secretKey = options.secretKey ?? 'sk_test_sandbox';
  const webhookSecret = options.webhookSecret ?? 'whsec_sandbox';
  if (!secretKey.startsWith('sk_test_')) throw new Error('the key of a sandbox begins with sk_test_');
  const agenda = new Agenda(options.now ?? Date.now);
  const hostility = new Hostility(options.hostile);
  const keeper = options.dataFile === undefined ? undefined : new Keeper(options.dataFile);
  let site: (Site & Controlled & { deliverer: Deliverer }) | undefined;

  const makeSite = (url: string) => {
    const settleMs = options.settleMs ?? 5_000;
    const world = new World(agenda, { apiVersion, url: options.publicUrl ?? url, settleMs });
    const deliverer = new Deliverer(world, { ...deliveryRules, ...options.webhooks }, hostility);
    const idempotency = new Idempotency();
    keeper?.open(world, idempotency);
    deliverer.leaveOver(resume(world));
    world.onEvent = (event) => deliverer.take(event);
    world.onEndpoint = (endpoint) => deliverer.greet(endpoint);
    for (const endpoint of options.endpoints ?? [])
      addEndpoint(world, { ...endpoint, secret: webhookSecret });
    const saved = () => keeper?.save();
    site = {
      world,
      hostility,
      deliverer,
      idempotency,
      secretKey,
      latencyMs: options.latencyMs ?? 0,
      saved,
      control: makeControl({ world, deliverer, hostility, saved, webhookSecret }),
      ledger: () => ledgerOf(world, deliverer.deliveries(), hostility.counts),
    };
    return site;
  };
  const { url, port, close } = await listen(makeSite, {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
  });
  const { control, deliverer, ledger } = site!;
  return {
    url,
    port,
    secretKey,
    webhookSecret,
    ledger,
    control,
    stop: async () => {
      agenda.stop();
      deliverer.stop();
      await close();
      keeper?.close();
    },
  };
}
