/**
 * Audit: the counters in Redis beside those in Postgres, at one and the same version. Postgres is read after Redis, so it may
 * be further: what happened in between is taken back by the facts' own content.
 */
import { type Counters, movements } from '../../domain/facts.ts';
import type { EventId, LineId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Audit } from '../../inventory/inventory.ts';
import { type RecordedCounters, recordedCounters } from '../../persistence/queries/records.ts';
import type { Ctx } from '../context.ts';
import { until } from '../until.ts';
import { openEvent } from './open-event.ts';

export type AuditedLine = {
  line: LineId;
  redis: Counters;
  /** At the same version. Undefined for a line that Postgres does not have. */
  records: Counters | undefined;
  /** Units by which the two differ, added up without their signs. */
  driftUnits: number;
};

export type Audited = {
  status: 'audited';
  audit: Audit;
  lines: AuditedLine[];
  driftUnits: number;
  /** Held units that no live hold owns: due and not reclaimed yet, or counted in Redis and not in the records. */
  ghostUnits: number;
};

/** Throws `records_behind` when Postgres does not reach Redis's version in time. */
export async function audit(ctx: Ctx, event: EventId): Promise<Audited | Refusal> {
  // A draft has no stock to compare: the inventory would be asked for what it never had, and be taken for one that lost it.
  const missing = await openEvent(ctx, event);
  if (missing) return missing;
  const compared = await until(ctx.limits.recordsWaitMs, async () => {
    const live = await ctx.inventory.audit({ event });
    if (live.status !== 'audit') return live;
    const records = await caughtUp(ctx, event, live.version);
    // A capacity that was changed between the two readings cannot be taken back by facts alone: read both again.
    return records && !records.later.some(({ kind }) => kind === 'resized' || kind === 'opened')
      ? compare(live, records)
      : undefined;
  });
  return compared ?? { status: 'records_behind' };
}

function caughtUp(ctx: Ctx, event: EventId, version: number): Promise<RecordedCounters | undefined> {
  return until(ctx.limits.recordsWaitMs, async () => {
    const records = await recordedCounters(ctx.db, event, version);
    return records.version >= version ? records : undefined;
  });
}

export function compare(live: Audit, records: RecordedCounters): Audited {
  const recorded = new Map(records.lines.map((line) => [line.line, { ...line }]));
  for (const fact of records.later) {
    const moved = movements(
      fact,
      (tier) => recorded.get(tier)?.pool ?? null,
      (line) => recorded.get(line)?.capacity ?? 0,
    );
    for (const move of moved) {
      const line = recorded.get(move.line);
      if (!line) continue;
      line.capacity -= move.capacity;
      line.held -= move.held;
      line.sold -= move.sold;
      line.withheld -= move.withheld;
    }
  }
  const due = new Map(live.ghosts.map(({ line, quantity }) => [line, quantity]));
  let ghostUnits = 0;
  const lines = live.lines.map(({ line, kind, capacity, held, sold, withheld }): AuditedLine => {
    const redis = { line, capacity, held, sold, withheld };
    const found = recorded.get(line);
    const own = found ?? { capacity: 0, held: 0, sold: 0, withheld: 0 };
    const driftUnits =
      Math.abs(capacity - own.capacity) +
      Math.abs(held - own.held) +
      Math.abs(sold - own.sold) +
      Math.abs(withheld - own.withheld);
    // A pool's units are its tiers' units: counting both would show each ghost twice.
    if (kind === 'tier') ghostUnits += (due.get(line) ?? 0) + Math.max(0, held - own.held);
    const theirs = found && {
      line,
      capacity: found.capacity,
      held: found.held,
      sold: found.sold,
      withheld: found.withheld,
    };
    return { line, redis, records: theirs, driftUnits };
  });
  const driftUnits = lines.reduce((sum, line) => sum + line.driftUnits, 0);
  return { status: 'audited', audit: live, lines, driftUnits, ghostUnits };
}
