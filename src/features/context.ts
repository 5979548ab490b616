/**
 * What a use case is given: an argument, never a global. `Deps` is built once by the composition root; `Ctx` adds who
 * asks and the trace of the one request.
 */
import type { ReturnTo, Sale } from '../domain/facts.ts';
import type { UserId } from '../domain/ids.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { PaymentMode, Payments } from '../payments/payments.ts';
import type { Database } from '../persistence/database.ts';
import type { Buyers } from './buyer.ts';
import type { Catalog } from './catalog.ts';
import type { Mailing } from './mails/mailing.ts';
import type { TicketDesk } from './tickets/desk.ts';

/** Unix ms of this machine. Stock and deadlines are judged by Redis's clock, never by this one. */
export type Clock = { now(): number };

export type Ids = {
  /** A fresh UUIDv7. */
  uuid(): string;
};

export type Log = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

export type Limits = {
  /** Partitions of the deployment; an event's partition is a hash of its id modulo this. */
  partitions: number;
  /** How long an administrator's command waits for Postgres to have applied its fact, ms. */
  recordsWaitMs: number;
  /** How long a cached event is served without asking Postgres again, ms. */
  catalogFreshMs: number;
  catalogEntriesMax: number;
  /** How long a snapshot for availability is shared by everybody who asks, ms. */
  availabilityFreshMs: number;
  /** What a new event's holds may do unless its organizer says otherwise. */
  hold: HoldLimits;
  checkout: CheckoutLimits;
  /** Where the units of tickets go whose payment a bank took back. */
  chargebackReturnTo: ReturnTo;
};

export type CheckoutLimits = {
  /** How long a hosted page takes money, ms. The provider refuses less than 30 minutes, and its clock is not ours. */
  hostedMs: number;
  /** How long a form of ours may take, ms. */
  intentMs: number;
  /** How it is paid when a checkout does not say. */
  mode: PaymentMode;
  /** Checkouts under way at a time on this server, how many wait for that, and how long, ms. */
  door: { runningMax: number; waitingMax: number; waitMs: number };
};

export type HoldLimits = Pick<Sale, 'holdTtlMs' | 'extensionsMax' | 'extensionMs' | 'extensionWindowMs'>;

export const defaultLimits: Limits = {
  partitions: 16,
  recordsWaitMs: 2_000,
  catalogFreshMs: 1_000,
  catalogEntriesMax: 10_000,
  availabilityFreshMs: 250,
  // 15 minutes, then ten steps of 3 (WCAG 2.2.1) in the last 2 minutes of each: 45 minutes at most.
  hold: { holdTtlMs: 900_000, extensionsMax: 10, extensionMs: 180_000, extensionWindowMs: 120_000 },
  checkout: {
    hostedMs: 31 * 60_000,
    intentMs: 10 * 60_000,
    mode: 'hosted',
    // Under way: some in Postgres, the others at the provider. Waiting: what is served in that time in health, and no more; a
    // browser, or a proxy in front, gives up later than that.
    door: { runningMax: 48, waitingMax: 1_000, waitMs: 6_000 },
  },
  // Nobody knows yet whether who holds such a ticket stands at the door: the organizer puts it on sale again.
  chargebackReturnTo: 'house',
};

export type Actor =
  | { kind: 'anonymous' }
  | { kind: 'user'; user: UserId }
  /** `name` is written into the facts of the commands it gives. */
  | { kind: 'admin'; name: string }
  | { kind: 'system'; name: string };

export type Deps = {
  inventory: Inventory;
  db: Database;
  catalog: Catalog;
  buyers: Buyers;
  mailing: Mailing;
  payments: Payments;
  /** Where people reach this site, without a slash at the end: the same on every server, for what is retried on another. */
  publicUrl: string;
  tickets: TicketDesk;
  clock: Clock;
  ids: Ids;
  log: Log;
  limits: Limits;
  /** For figures; must not throw. */
  observe: Observe;
};

export type Observe = {
  /** An order's first payment was dealt with, so long (ms) after the first of what was told about it was stored. */
  settled?(ms: number): void;
};

export type Ctx = Deps & {
  actor: Actor;
  /** The trace id of the request: 32 hex digits. */
  requestId: string;
};

/** Written out: a spread of so many members costs 7 us, and this is made for every request. */
export function ctxFor(deps: Deps, actor: Actor, requestId: string): Ctx {
  return {
    inventory: deps.inventory,
    db: deps.db,
    catalog: deps.catalog,
    buyers: deps.buyers,
    mailing: deps.mailing,
    payments: deps.payments,
    publicUrl: deps.publicUrl,
    tickets: deps.tickets,
    clock: deps.clock,
    ids: deps.ids,
    log: deps.log,
    limits: deps.limits,
    observe: deps.observe,
    actor,
    requestId,
  };
}

/** The name under which an actor stands in the journal. A buyer never does: facts know a pseudonym only. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'admin':
    case 'system':
      return actor.name;
    case 'user':
      return 'buyer';
    case 'anonymous':
      return 'anonymous';
  }
}
