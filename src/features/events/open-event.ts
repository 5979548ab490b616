/** Whether Redis counts an event: what every command to its stock asks first. */
import type { EventId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Ctx } from '../context.ts';

/** The refusal to give when it does not. For an administrator, who may know that a draft exists. */
export async function openEvent(ctx: Ctx, event: EventId): Promise<Refusal | undefined> {
  const known = await ctx.catalog.event(event);
  if (!known) return { status: 'event_unknown' };
  if (known.authority === 'redis') return undefined;
  return { status: 'sale_not_open', detail: 'Publish the event first' };
}
