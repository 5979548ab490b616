/** Resize: a line's capacity, never below what is committed; with `drain` it shrinks to it as holds end. */
import { z } from 'zod';
import type { EventId, LineId, OpId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { actorName, type Ctx } from '../context.ts';
import { capacity, reason } from '../input.ts';
import { waitForRecords } from '../records.ts';
import { openEvent } from './open-event.ts';

export const resizeInput = z.strictObject({ capacity, drain: z.boolean().default(false), reason });
export type ResizeInput = z.output<typeof resizeInput>;

export type Resized = { status: 'resized'; version: number; capacity: number; target: number | null };

export async function resize(
  ctx: Ctx,
  event: EventId,
  line: LineId,
  input: ResizeInput,
  op: OpId,
): Promise<Resized | Refusal> {
  const missing = await openEvent(ctx, event);
  if (missing) return missing;
  const { reason: why, ...change } = input;
  const outcome = await ctx.inventory.resize({
    event,
    op,
    actor: actorName(ctx.actor),
    ...(why === undefined ? undefined : { reason: why }),
    line,
    ...change,
  });
  if (outcome.status !== 'resized') return outcome;
  await waitForRecords(ctx, event, outcome.version);
  ctx.catalog.forget(event);
  const { version, target } = outcome;
  return { status: 'resized', version, capacity: outcome.capacity, target };
}
