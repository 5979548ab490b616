/** Add a tier: to a draft as a row, to an open event as a row and as stock of its own in the same breath. */
import type { z } from 'zod';
import {
  derivedUuid,
  type EventId,
  eventPrefix,
  type LineId,
  type OpId,
  partitionOf,
} from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction, type Tx } from '../../persistence/database.ts';
import { type EventRecord, eventById, type LineRecord, readEvent } from '../../persistence/queries/events.ts';
import { insertLines, lockPartition, type NewLine } from '../../persistence/queries/new-events.ts';
import { actorName, type Ctx } from '../context.ts';
import { lineId } from '../input.ts';
import { waitForRecords } from '../records.ts';
import { linesMax, tierInput } from './create.ts';

const scope = { role: 'worker', timeouts: { lockMs: 2_500 } } as const;

export const addTierInput = tierInput.omit({ pool: true }).extend({ poolId: lineId.optional() });
export type AddTierInput = z.output<typeof addTierInput>;

/** Thrown so that nothing is written: a tier without stock would be shown and could never be had. */
class NotAdded extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.status);
    this.refusal = refusal;
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof NotAdded) return error.refusal;
  throw error;
}

export async function addTier(
  ctx: Ctx,
  eventId: EventId,
  input: AddTierInput,
  op: OpId,
): Promise<{ status: 'added'; tier: LineRecord; currency: string } | Refusal> {
  const event = await eventById(ctx.db, eventId);
  if (!event) return { status: 'event_unknown' };
  const { poolId, ...about } = input;
  const pool = poolId ?? null;
  if (pool !== null && !event.lines.some(({ line, kind }) => line === pool && kind === 'pool')) {
    return { status: 'tier_unknown', detail: 'poolId is no pool of this event' };
  }
  const line = derivedUuid(eventPrefix(eventId), op, 'tier') as LineId;
  const row = { ...about, line, kind: 'tier' as const, pool };
  const { price, capacity, buyerLimit } = about;
  const stock = { line, kind: 'tier' as const, pool, capacity, price, buyerLimit };
  const added = { ...row, held: 0, sold: 0, withheld: 0, version: 1 };
  if (event.authority === 'postgres' || event.partition === null) {
    // Under the claim that publish has: a tier that came in while an event was being opened would have a row and no stock.
    const drafting = inTransaction(ctx.db, scope, async (tx) => {
      await lockPartition(tx, partitionOf(eventId, ctx.limits.partitions));
      const draft = await readEvent(tx, eventId);
      if (draft?.authority !== 'postgres') return { status: 'opened_meanwhile' } as const;
      await insertLast(tx, draft, row);
      return { status: 'added' } as const;
    });
    const drafted = await drafting.catch(refusalOf);
    if (drafted.status === 'opened_meanwhile') return addTier(ctx, eventId, input, op);
    if (drafted.status !== 'added') return drafted;
    return { status: 'added', tier: added, currency: event.currency };
  }
  const { partition } = event;
  // Row and stock under the partition's claim: a rebuild between the two would see one without the other.
  const opening = inTransaction(ctx.db, scope, async (tx) => {
    await lockPartition(tx, partition);
    await insertLast(tx, (await readEvent(tx, eventId)) ?? event, row);
    const actor = actorName(ctx.actor);
    const opened = await ctx.inventory.open({ event: eventId, op, actor, lines: [stock], sale: event.sale });
    // event_exists: the line is there already; an earlier answer was lost and its operation has been forgotten.
    if (opened.status !== 'opened' && opened.status !== 'event_exists') throw new NotAdded(opened);
    return opened;
  });
  const opened = await opening.catch(refusalOf);
  if (opened.status === 'opened') await waitForRecords(ctx, eventId, opened.version);
  else if (opened.status !== 'event_exists') return opened;
  ctx.catalog.forget(eventId);
  return { status: 'added', tier: added, currency: event.currency };
}

/** Behind the lines there are, as long as an event may have one more. Under the partition's claim, so that nobody adds at once. */
async function insertLast(
  tx: Tx,
  { event, lines }: EventRecord,
  row: Omit<NewLine, 'position'>,
): Promise<void> {
  const isThere = lines.some(({ line }) => line === row.line);
  const tiers = lines.filter(({ kind }) => kind === 'tier').length;
  if (!isThere && tiers >= linesMax) throw new NotAdded({ status: 'tiers_full' });
  await insertLines(tx, event, [{ ...row, position: lines.length }]);
}
