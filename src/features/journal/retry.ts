/**
 * Takes a frozen event up again, once a person has removed what Postgres refused: projects the facts that wait in the
 * ledger, in order, and thaws the event when none is left. Sales go on only after that commit.
 */
import { derivedUuid, type EventId, eventPrefix, type OpId, partitionOf } from '../../domain/ids.ts';
import { factOf } from '../../domain/ledger.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { type Database, inTransaction } from '../../persistence/database.ts';
import { moveProjected, readHeads, readWaiting } from '../../persistence/queries/journal-ledger.ts';
import { awaitWatermark } from '../../persistence/queries/journal-watermark.ts';
import type { Entered } from './plan.ts';
import { projectUpTo } from './project.ts';
import { batchFactsMax } from './read-batch.ts';

export type RetryCtx = { db: Database; inventory: Inventory; partitions: number };

export type Retried =
  | { status: 'thawed'; projected: number }
  | { status: 'still_frozen'; projected: number; version: number; cause: string }
  /** Nothing was changed. */
  | { status: 'not_frozen' }
  | { status: 'event_unknown' };

/** The worker may be in the middle of a batch, on a busy machine. */
const timeouts = { statementMs: 10_000, lockMs: 10_000, idleInTransactionMs: 10_000 };

export async function retryEvent(ctx: RetryCtx, event: EventId): Promise<Retried> {
  let projected = 0;
  for (;;) {
    const step = await retryBatch(ctx, event);
    if (step.status === 'event_unknown') return step;
    // A retry that was killed between its commit and the thaw has left the inventory frozen.
    if (step.status === 'not_frozen' && !(await refusesSales(ctx, event))) return { status: 'not_frozen' };
    projected += step.projected;
    if (step.status === 'still_frozen') return { ...step, projected };
    if (step.status === 'thawed' || step.status === 'not_frozen') {
      await thaw(ctx, event, step.version);
      return { status: 'thawed', projected };
    }
  }
}

async function retryBatch({ db, partitions }: RetryCtx, event: EventId) {
  const partition = partitionOf(event, partitions);
  return inTransaction(db, { role: 'worker', timeouts }, async (tx) => {
    await awaitWatermark(tx, partition);
    const [head] = await readHeads(tx, [event]);
    if (head === undefined) return { status: 'event_unknown' as const };
    if (!head.frozen) return { status: 'not_frozen' as const, projected: 0, version: head.version };
    const facts = (await readWaiting(tx, event, head.projected, batchFactsMax)).map(entered);
    const { projected, cause } = await projectUpTo(tx, partition, facts);
    const version = head.projected + projected;
    if (cause !== undefined) {
      await moveProjected(tx, [{ event, version, frozenVersion: version + 1, cause }]);
      return { status: 'still_frozen' as const, projected, version: version + 1, cause };
    }
    const done = version === head.version;
    const { frozenVersion, cause: before } = {
      frozenVersion: done ? null : version + 1,
      cause: done ? null : 'being retried',
    };
    await moveProjected(tx, [{ event, version, frozenVersion, cause: before }]);
    return { status: done ? ('thawed' as const) : ('more' as const), projected, version };
  });
}

function entered(row: { body: string; user: string | null }): Entered {
  const fact = factOf(row.body);
  if (fact === undefined) throw new Error('the ledger has a body that is no fact of this release');
  return { fact, user: row.user as Entered['user'] };
}

async function refusesSales({ inventory }: RetryCtx, event: EventId): Promise<boolean> {
  const snapshot = await inventory.snapshot({ event });
  return snapshot.status === 'snapshot' && snapshot.frozen;
}

/** One thaw per place in the ledger where the event stood still, however often it is asked for. */
async function thaw({ inventory }: RetryCtx, event: EventId, version: number): Promise<void> {
  const op = derivedUuid(eventPrefix(event), 'thaw', event, String(version)) as OpId;
  await inventory.freeze({
    event,
    op,
    frozen: false,
    actor: 'journal',
    reason: 'the waiting facts are applied',
  });
}

/** The same for the other direction: what the worker does about an event that `applyNext` froze. */
export async function freezeEvent(
  inventory: Inventory,
  frozen: { event: string; version: number; cause: string },
): Promise<void> {
  const event = frozen.event as EventId;
  const op = derivedUuid(eventPrefix(event), 'freeze', event, String(frozen.version)) as OpId;
  await inventory.freeze({ event, op, frozen: true, actor: 'journal', reason: frozen.cause });
}
