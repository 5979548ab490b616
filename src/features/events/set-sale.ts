/** The sale's state and settings: pause, resume, end, and what a hold may do from now on. */
import { z } from 'zod';
import type { Sale } from '../../domain/facts.ts';
import type { EventId, OpId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { cancellationOf } from '../../persistence/queries/cancellations.ts';
import { actorName, type Ctx } from '../context.ts';
import { instant, reason } from '../input.ts';
import { waitForRecords } from '../records.ts';
import { saleFields } from './create.ts';
import { openEvent } from './open-event.ts';

/** null takes a bound away. */
export const setSaleInput = z.strictObject({
  ...z.strictObject(saleFields).partial().shape,
  state: z.enum(['on_sale', 'paused', 'ended']).optional(),
  opensAt: instant.nullable().optional(),
  closesAt: instant.nullable().optional(),
  reason,
});
export type SetSaleInput = z.output<typeof setSaleInput>;

export const reasonInput = z.strictObject({ reason });

export type SaleSet = { status: 'sale_set'; version: number; sale: Sale };

export async function setSale(
  ctx: Ctx,
  event: EventId,
  input: SetSaleInput,
  op: OpId,
): Promise<SaleSet | Refusal> {
  const missing = await openEvent(ctx, event);
  if (missing) return missing;
  if (input.state === 'on_sale' && (await isCalledOff(ctx, event))) {
    return { status: 'event_retired', detail: 'It was called off: it cannot be on sale again' };
  }
  const { reason: why, opensAt, closesAt, ...rest } = input;
  const sale: Partial<Sale> = Object.fromEntries(
    Object.entries({
      ...rest,
      opensAt: opensAt === null ? 0 : opensAt,
      closesAt: closesAt === null ? 0 : closesAt,
    }).filter(([, value]) => value !== undefined),
  );
  const outcome = await ctx.inventory.setSale({
    event,
    op,
    actor: actorName(ctx.actor),
    ...(why === undefined ? undefined : { reason: why }),
    sale,
  });
  if (outcome.status === 'input_invalid') {
    return { status: 'input_invalid', detail: 'The sale would close before it opens' };
  }
  if (outcome.status !== 'sale_set') return outcome;
  await waitForRecords(ctx, event, outcome.version);
  ctx.catalog.forget(event);
  return { status: 'sale_set', version: outcome.version, sale: outcome.sale };
}

async function isCalledOff({ db }: Ctx, event: EventId): Promise<boolean> {
  const scope = { role: 'readonly', readOnly: true } as const;
  return (await inTransaction(db, scope, (tx) => cancellationOf(tx, event))) !== undefined;
}
