/** The part of the HTTP API that the demo uses, in its shapes. docs/problems.md has every refusal. */
import { randomUUID } from 'node:crypto';
import type { Http, Reply } from './http.ts';

export type TierState = { tierId: string; available: number; held: number; sold: number; capacity: number };
export type Availability = { epoch: number; version: number; tiers: TierState[] };
export type Held = { id: string; expiresAt: string; serverNow: string };
export type Show = { id: string; tiers: { id: string; name: string; capacity: number }[]; rules: HoldRules };
/** What holds of the event may do, ms. */
export type HoldRules = { holdTtlMs: number; extensionMs: number; extensionsMax: number };

export type Audit = {
  ghostUnits: number;
  driftUnits: number;
  liveHolds: number;
  lines: { redis: { capacity: number; held: number; sold: number; withheld: number } }[];
};

/** Short, so that within the seconds of a demo holds end by themselves and come back; any hold may be extended at once. */
const rules: HoldRules = { holdTtlMs: 4_000, extensionMs: 2_000, extensionsMax: 3 };

/** An event with its tickets in three tiers, on sale. Throws what the server says against it. */
export async function openShow(http: Http, adminKey: string, tickets: number, until: number): Promise<Show> {
  const small = Math.ceil(tickets / 10);
  const body = {
    name: 'Demo: one night only',
    venue: 'Everywhere',
    startsAt: '2099-01-01T20:00:00Z',
    currency: 'EUR',
    sale: { ...rules, extensionWindowMs: rules.holdTtlMs },
    tiers: [
      { name: 'Floor', price: 4_500, capacity: tickets - 4 * small, buyerLimit: 4 },
      { name: 'Balcony', price: 3_500, capacity: 3 * small, buyerLimit: 4 },
      { name: 'VIP', price: 12_000, capacity: small, buyerLimit: 2 },
    ],
  };
  const admin = { token: adminKey, key: randomUUID() };
  const made = await http.insist('POST', '/v1/admin/events', { ...admin, body }, until);
  if (made.status !== 201) throw new Error(`the event could not be made: ${saying(made)}`);
  const { id, tiers } = made.body as Pick<Show, 'id' | 'tiers'>;
  const path = `/v1/admin/events/${id}/publish`;
  const published = await http.insist('POST', path, { ...admin, body: {} }, until);
  if (published.status !== 200) throw new Error(`the event could not be published: ${saying(published)}`);
  return { id, tiers, rules };
}

export function saying({ status, code, body }: Reply): string {
  if (status === 0) return 'no answer';
  const detail =
    typeof body === 'object' && body !== null && 'detail' in body ? `: ${String(body.detail)}` : '';
  return `${status} ${code}${detail}`;
}

/** Undefined while it cannot be answered. */
export async function auditOf(http: Http, adminKey: string, event: string): Promise<Audit | undefined> {
  const { status, body } = await http.ask('GET', `/v1/admin/events/${event}/audit`, { token: adminKey });
  return status === 200 ? (body as Audit) : undefined;
}

/** Seconds by which Postgres is behind, the most of any partition; undefined where /metrics is not served. */
export async function lagOf(http: Http): Promise<number | undefined> {
  const response = await fetch(`${http.url}/metrics`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );
  if (!response?.ok) return undefined;
  const lines = (await response.text()).matchAll(/^holdfast_journal_lag_seconds\{[^}]*\} (\S+)$/gm);
  const values = [...lines].map(([, value]) => Number(value));
  return values.length === 0 ? undefined : Math.max(...values);
}
