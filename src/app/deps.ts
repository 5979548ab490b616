/** What use cases are given, built once a process: part of the composition root. */
import { randomBytes } from 'node:crypto';
import { uuidV7 } from '../domain/ids.ts';
import { derivedTicketKeys, ticketKeys } from '../domain/ticket-code.ts';
import { type Buyers, createBuyers } from '../features/buyer.ts';
import { createCatalog } from '../features/catalog.ts';
import { catalogSource } from '../features/catalog-source.ts';
import { type Ctx, ctxFor, type Deps, defaultLimits, type Limits } from '../features/context.ts';
import { createTicketDesk } from '../features/tickets/desk.ts';
import { createRedisInventory } from '../inventory/redis-inventory.ts';
import { createTicketCache } from '../inventory/ticket-cache.ts';
import { systemClock } from '../platform/clock.ts';
import { type Config, required } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { observeScripts } from '../platform/observe.ts';
import type { PaymentMetrics } from '../platform/payment-metrics.ts';
import { createMailing } from './mailing.ts';
import { openPayments } from './payments.ts';
import type { Stores } from './stores.ts';

function limitsOf(config: Config): Limits {
  const { ttlMs, extensionMs, extensionsMax, extensionWindowMs } = config.hold;
  const hold = { holdTtlMs: ttlMs, extensionsMax, extensionMs, extensionWindowMs };
  const { chargebackReturnTo } = config.payments;
  const checkout = {
    ...defaultLimits.checkout,
    intentMs: config.checkout.intentMs,
    mode: config.payments.mode,
  };
  return { ...defaultLimits, partitions: config.partitions, hold, chargebackReturnTo, checkout };
}

/** What is counted, and where. */
type Observed = { scripts?: Metrics; payments?: PaymentMetrics };

export function buildDeps(
  config: Config,
  log: Log,
  stores: Stores,
  { scripts, payments }: Observed = {},
): Deps {
  const limits = limitsOf(config);
  const { redis, db, epochs } = stores;
  const observe = scripts ? { observe: observeScripts(scripts) } : {};
  return {
    inventory: createRedisInventory({ redis, partitions: config.partitions, epochs, ...observe }),
    db,
    catalog: createCatalog(catalogSource(db), {
      freshMs: limits.catalogFreshMs,
      entriesMax: limits.catalogEntriesMax,
      now: systemClock.now,
    }),
    buyers: buyersOf(config),
    mailing: createMailing(config),
    payments: openPayments(config, payments),
    publicUrl: publicUrlOf(config),
    tickets: createTicketDesk({
      keys: ticketKeysOf(config),
      cache: createTicketCache(redis),
      db,
      log,
      now: systemClock.now,
    }),
    clock: systemClock,
    ids: { uuid: () => uuidV7(systemClock.now(), randomBytes(10).toString('hex')) },
    log,
    limits,
    observe: payments ? { settled: payments.settled } : {},
  };
}

/** Where people reach this site; on one machine that is where it listens. */
function publicUrlOf({ publicUrl, host, port }: Config): string {
  return (publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`).replace(/\/+$/, '');
}

/** Every installation can make codes: one that has no key of its own for them has one that follows from another secret. */
function ticketKeysOf({ keys: { ticketSigning, pseudonym } }: Config) {
  if (ticketSigning !== undefined) return ticketKeys(ticketSigning);
  // A process without either makes and reads no code: those that follow from nothing known are good for nobody.
  return derivedTicketKeys(pseudonym === undefined ? randomBytes(32) : Buffer.from(pseudonym));
}

/** A worker has no key and asks for nobody's pseudonym: it takes them from the records. */
function buyersOf(config: Config): Buyers {
  const key = config.keys.pseudonym;
  if (key !== undefined) return createBuyers(Buffer.from(key));
  return { of: () => required(config, { PSEUDONYM_KEY: key }).PSEUDONYM_KEY };
}

export function systemCtx(deps: Deps, name: string): Ctx {
  return ctxFor(deps, { kind: 'system', name }, randomBytes(16).toString('hex'));
}
