/** Whether the sale lets people reserve and extend at this moment. */
import type { Sale } from '../../domain/facts.ts';
import type { Refusal } from '../../domain/refusals.ts';

export function saleRefusal(sale: Sale, now: number): Refusal | undefined {
  if (sale.state === 'draft') return { status: 'sale_not_open' };
  if (now < sale.opensAt) return { status: 'sale_not_open', from: sale.opensAt };
  if (sale.state === 'paused') return { status: 'sale_paused' };
  if (sale.state === 'ended') return { status: 'sale_ended' };
  if (sale.closesAt !== 0 && now >= sale.closesAt) return { status: 'sale_ended' };
  return undefined;
}
