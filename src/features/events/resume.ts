/** Resume: on sale again, within the sale's window. */
import type { EventId, OpId } from '../../domain/ids.ts';
import type { Ctx } from '../context.ts';
import { setSale } from './set-sale.ts';

export function resume(ctx: Ctx, event: EventId, reason: string | undefined, op: OpId) {
  return setSale(ctx, event, { state: 'on_sale', reason }, op);
}
