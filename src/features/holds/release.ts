/** Release: the buyer gives a hold back. Again is the same answer; a hold that ended otherwise says how. */
import type { HoldId, UserId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Ctx } from '../context.ts';
import { locate } from './locate.ts';
import { howItEnded } from './recorded.ts';

export async function release(
  ctx: Ctx,
  user: UserId,
  hold: HoldId,
): Promise<{ status: 'released' } | Refusal> {
  const place = await locate(ctx, user, hold);
  if (!place) return { status: 'hold_unknown' };
  const { event, buyer } = place;
  const outcome = await ctx.inventory.release({ event: event.event, hold, buyer });
  if (outcome.status === 'released' && !outcome.replayed) return { status: 'released' };
  // Redis remembers that a hold ended, not whose it was: Postgres says whether the one who asks may know.
  const ended = outcome.status === 'released' ? ({ status: 'hold_released' } as const) : outcome;
  const who = { event: event.event, hold, buyer };
  if (ended.status === 'event_retired') {
    // With the event its holds were unloaded; the ledger has how they ended, all of them, once it has caught up.
    const told = await howItEnded(ctx, who, { status: 'hold_unknown' });
    if (told.status === 'hold_lost') return ended;
    return told.status === 'hold_released' ? { status: 'released' } : told;
  }
  const answer = await howItEnded(ctx, who, ended);
  return answer.status === 'hold_released' ? { status: 'released' } : answer;
}
