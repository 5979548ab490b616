/**
 * An event's counters in Redis beside the ledger's, looked at twice. Each look compares one version with itself, so that load
 * makes no difference between the two; and only what both looks show is told.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { EventId, LineId } from '../../domain/ids.ts';
import { type Audited, audit } from '../events/audit.ts';
import type { ReconcileCtx } from './finding.ts';

/** Several sweeps: what is on its way has arrived by then. */
const betweenMs = 500;

export type Stable = {
  version: number;
  /** By line, only where both looks agree on it. */
  drift: { line: LineId; units: number; redis: object; records: object | null }[];
  /** Units past their deadline that were there both times. */
  ghostsOf(line: string): number;
  /** Lines with a counter below zero. */
  negative: { line: LineId; redis: object }[];
};

/** Undefined when the event is not in Redis any more. Throws when the records are behind: nothing can be said then. */
export async function auditTwice(ctx: ReconcileCtx, event: string): Promise<Stable | undefined> {
  const first = await look(ctx, event);
  if (first === undefined) return undefined;
  const odd = first.driftUnits > 0 || first.audit.ghosts.length > 0;
  if (odd) await pause(betweenMs);
  const second = odd ? await look(ctx, event) : first;
  if (second === undefined) return undefined;
  const driftOf = new Map(second.lines.map(({ line, driftUnits }) => [line, driftUnits]));
  return {
    version: second.audit.version,
    drift: first.lines
      .filter(({ line, driftUnits }) => driftUnits > 0 && driftOf.get(line) === driftUnits)
      .map(({ line, driftUnits, redis, records }) => ({
        line,
        units: driftUnits,
        redis,
        records: records ?? null,
      })),
    ghostsOf: (line) => Math.min(due(first, line), due(second, line)),
    negative: second.lines
      .filter(({ redis: { held, sold, withheld, capacity } }) => Math.min(held, sold, withheld, capacity) < 0)
      .map(({ line, redis }) => ({ line, redis })),
  };
}

function due({ audit: { ghosts } }: Audited, line: string): number {
  return ghosts.find((ghost) => ghost.line === line)?.quantity ?? 0;
}

async function look(ctx: ReconcileCtx, event: string): Promise<Audited | undefined> {
  const outcome = await audit(ctx, event as EventId);
  if (outcome.status === 'audited') return outcome;
  if (outcome.status === 'event_retired') return undefined;
  throw new Error(`the counters of the event ${event} cannot be compared: ${outcome.status}`);
}
