/** Pause: no new holds and no extensions; live holds run on. */
import type { EventId, OpId } from '../../domain/ids.ts';
import type { Ctx } from '../context.ts';
import { setSale } from './set-sale.ts';

export function pause(ctx: Ctx, event: EventId, reason: string | undefined, op: OpId) {
  return setSale(ctx, event, { state: 'paused', reason }, op);
}
