/** Edit a tier's texts. Capacity and price are stock: resize and reprice change them. */
import { z } from 'zod';
import type { EventId, LineId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { editTierTexts, lockedVersion } from '../../persistence/queries/edits.ts';
import { eventById, type LineRecord } from '../../persistence/queries/events.ts';
import type { Ctx } from '../context.ts';
import { longText, shortText } from '../input.ts';
import { type Expected, isExpected } from './expected.ts';

export const editTierInput = z
  .strictObject({ name: shortText, description: longText(2_000), position: z.int().min(0).max(10_000) })
  .partial()
  .refine((given) => Object.values(given).some((value) => value !== undefined), 'must change something');
export type EditTierInput = z.output<typeof editTierInput>;

export async function editTier(
  ctx: Ctx,
  event: EventId,
  tier: LineId,
  input: EditTierInput,
  expected: Expected,
): Promise<{ status: 'edited'; tier: LineRecord; currency: string } | Refusal> {
  const outcome = await inTransaction(ctx.db, { role: 'app' }, async (tx) => {
    const version = await lockedVersion(tx, { event, tier });
    if (version === undefined) return 'tier_unknown';
    if (!isExpected(expected, version)) return 'version_conflict';
    await editTierTexts(tx, tier, input);
    return 'edited';
  });
  if (outcome !== 'edited') return { status: outcome };
  ctx.catalog.forget(event);
  return shownTier(ctx, event, tier, 'edited');
}

/** A tier as the records have it. */
export async function shownTier<Status extends string>(
  ctx: Ctx,
  eventId: EventId,
  tier: LineId,
  status: Status,
): Promise<{ status: Status; tier: LineRecord; currency: string } | Refusal> {
  const event = await eventById(ctx.db, eventId);
  if (!event) return { status: 'event_unknown' };
  const found = event.lines.find(({ line, kind }) => line === tier && kind === 'tier');
  return found ? { status, tier: found, currency: event.currency } : { status: 'tier_unknown' };
}
