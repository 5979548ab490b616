/**
 * How much one client may ask for. Two policies are counted in this process, so the hot path pays no round trip: with several
 * servers behind a balancer a client may get up to the quota from each. Three are counted in Redis, for all servers together.
 *
 *   holds     by session, in this process: everything about holds
 *   address   by client address, in this process: everything under /v1
 *   sessions  by client address, in Redis: new sessions, which are what a session's limit is worth
 *   keys      by API key, in Redis: the organizer's side
 *   sign-ins  by client address, in Redis: asking for sign-in links, and using them
 */
import type { IncomingMessage } from 'node:http';
import type { Redis } from 'ioredis';
import { addressGroup, clientAddress, isLoopback } from './address.ts';
import { createSharedWindow } from './shared-window.ts';
import { createWindow, type Taken } from './window.ts';

export const policyNames = ['holds', 'address', 'sessions', 'keys', 'sign-ins'] as const;
export type PolicyName = (typeof policyNames)[number];

/** Requests per window; 0 is no limit. */
export type Quotas = Record<PolicyName, number>;

/** Limits of one request so far: headers for its answer, and which policy was violated. */
export type Standing = { policies: string; state: string; violated: PolicyName[]; retryAfterSeconds: number };

type Counted = Taken | undefined;

export type Limits = {
  holds(session: string, standing: Standing): void;
  address(incoming: IncomingMessage, standing: Standing): void;
  sessions(incoming: IncomingMessage, standing: Standing): Promise<void>;
  keys(name: string, standing: Standing): Promise<void>;
  signIns(incoming: IncomingMessage, standing: Standing): Promise<void>;
};

export const limitWindowMs = 60_000;
/** A slot takes about 150 bytes: 15 MB per policy at the bound. */
const entriesMax = 100_000;

export function unlimited(): Standing {
  return { policies: '', state: '', violated: [], retryAfterSeconds: 0 };
}

export function createLimits(options: {
  quotas: Quotas;
  /** How many proxies in front are ours. */
  proxies: number;
  /** Whether clients on this machine are counted by address too. */
  loopback: boolean;
  redis: Redis;
  now: () => number;
  windowMs?: number;
}): Limits {
  const { quotas, proxies, loopback, redis, now } = options;
  const windowMs = options.windowMs ?? limitWindowMs;
  const local = (name: PolicyName) =>
    quotas[name] > 0 ? createWindow({ quota: quotas[name], windowMs, entriesMax, now }) : undefined;
  const shared = (name: PolicyName) =>
    quotas[name] > 0
      ? createSharedWindow({ name, redis, quota: quotas[name], windowMs, entriesMax, now })
      : undefined;
  const [holds, address, sessions, keys, signIns] = [
    local('holds'),
    local('address'),
    shared('sessions'),
    shared('keys'),
    shared('sign-ins'),
  ];
  const policyTexts = Object.fromEntries(
    policyNames.map((name) => [name, `"${name}";q=${quotas[name]};w=${Math.ceil(windowMs / 1_000)}`]),
  ) as Record<PolicyName, string>;

  const note = (name: PolicyName, taken: Counted, standing: Standing) => {
    if (taken === undefined) return;
    const comma = standing.state === '' ? '' : ', ';
    const seconds = Math.ceil(taken.resetMs / 1_000);
    standing.policies += comma + policyTexts[name];
    standing.state += `${comma}"${name}";r=${taken.remaining};t=${seconds}`;
    if (taken.allowed) return;
    standing.violated.push(name);
    standing.retryAfterSeconds = Math.max(standing.retryAfterSeconds, seconds, 1);
  };
  const groupOf = (incoming: IncomingMessage): string | undefined => {
    const client = clientAddress(incoming, proxies);
    return isLoopback(client) && !loopback ? undefined : addressGroup(client);
  };

  return {
    holds: (session, standing) => note('holds', holds?.take(session), standing),
    address(incoming, standing) {
      const group = address && groupOf(incoming);
      if (group !== undefined) note('address', address?.take(group), standing);
    },
    async sessions(incoming, standing) {
      const group = sessions && groupOf(incoming);
      if (group !== undefined) note('sessions', await sessions?.take(group), standing);
    },
    async keys(name, standing) {
      note('keys', await keys?.take(name), standing);
    },
    async signIns(incoming, standing) {
      const group = signIns && groupOf(incoming);
      if (group !== undefined) note('sign-ins', await signIns?.take(group), standing);
    },
  };
}
