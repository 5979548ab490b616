/** Show: an event to the public once it is open; a draft to administrators only. */
import type { EventId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import {
  type EventRecord,
  type EventSummary,
  eventById,
  type LineRecord,
  type ListedRecord,
} from '../../persistence/queries/events.ts';
import type { CatalogEvent } from '../catalog.ts';
import type { Ctx } from '../context.ts';

export type { EventRecord, EventSummary, LineRecord, ListedRecord };

export async function show(
  ctx: Ctx,
  id: EventId,
): Promise<{ status: 'found'; event: CatalogEvent } | Refusal> {
  const event = await ctx.catalog.event(id);
  return event?.authority === 'redis' ? { status: 'found', event } : { status: 'event_unknown' };
}

export async function showToAdmin(
  ctx: Ctx,
  id: EventId,
): Promise<{ status: 'found'; event: EventRecord } | Refusal> {
  const event = await eventById(ctx.db, id);
  return event ? { status: 'found', event } : { status: 'event_unknown' };
}
