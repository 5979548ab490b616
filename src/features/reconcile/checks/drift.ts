/** Drift: Redis, the counters of the records and the ledger's fold differ at one and the same version; or cannot be compared. */
import type { EventId } from '../../../domain/ids.ts';
import { eventsToCheck } from '../../../persistence/queries/integrity.ts';
import { verifyEvent } from '../../journal/verify.ts';
import { type Check, type Finding, type ReconcileCtx, rowsOf } from '../finding.ts';
import { auditTwice } from '../stable.ts';

/** Events that began longer ago are folded by the monthly audit only, as the system this replaces looked back a week. */
const foldedForMs = 7 * 86_400_000;

export const drift: Check = {
  name: 'drift',
  async *find(ctx, scope) {
    const events = rowsOf(ctx, scope, eventsToCheck, ({ event }) => event);
    for await (const { event, startAt } of events) {
      scope.looked(1);
      yield* inRedis(ctx, event);
      const recent = startAt.getTime() > ctx.clock.now() - foldedForMs;
      if (recent || scope.event !== null) yield* inLedger(ctx, event);
    }
  },
};

async function* inRedis(ctx: ReconcileCtx, event: string): AsyncIterable<Finding> {
  let stable: Awaited<ReturnType<typeof auditTwice>>;
  try {
    stable = await auditTwice(ctx, event);
  } catch (error) {
    yield {
      subject: `${event} not compared`,
      event,
      units: 0,
      cause: error instanceof Error ? error.message : String(error),
      repair: 'see that a worker runs (holdfast journal status), then reconcile again',
    };
    return;
  }
  for (const { line, units, redis, records } of stable?.drift ?? []) {
    yield {
      subject: line,
      event,
      tier: line,
      units,
      cause:
        'Redis and the ledger count differently at the same version: one of them was changed past the journal',
      repair:
        'the ledger decides: holdfast verify EVENT, then let Redis be rebuilt from it (docs/reconciliation.md)',
      detail: { version: stable?.version, redis, records },
    };
  }
  for (const { line, redis } of stable?.negative ?? []) {
    yield {
      subject: `${line} negative`,
      event,
      tier: line,
      units: 1,
      cause: 'a counter in Redis is below zero, which no command of ours can do',
      repair:
        'the ledger decides: holdfast verify EVENT, then let Redis be rebuilt from it (docs/reconciliation.md)',
      detail: { redis },
    };
  }
}

/** The ledger folded, and the tables beside it, in one snapshot. */
export async function* inLedger(ctx: ReconcileCtx, event: string): AsyncIterable<Finding> {
  const { findings, version, chain } = await verifyEvent(ctx.db, event as EventId);
  for (const [index, { rule, version: at, sentence }] of findings.entries()) {
    yield {
      subject: `${event} ledger ${index}`,
      event,
      units: 1,
      cause: sentence,
      repair:
        'rows were changed past the journal: restore them from the ledger or a backup; a person decides',
      detail: { rule, version: at, head: version, chain },
    };
  }
}
