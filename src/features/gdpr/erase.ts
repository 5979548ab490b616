/** Erases the person with an address: once, for good, in one transaction. The ledger and the books stay. */
import { inTransaction } from '../../persistence/database.ts';
import { erasePerson, lockPerson, ordersOfPerson } from '../../persistence/queries/personal-data.ts';
import type { Ctx } from '../context.ts';
import { type Forgetful, forgetTickets } from '../tickets/kept.ts';

/** `forgotten`: the tickets that servers keep to show them are gone from there too. */
export type Erased = { status: 'erased'; orders: number; forgotten: boolean };

const timeouts = { statementMs: 30_000 };

/** Without `really` it only counts what it would do. */
export async function erase(
  ctx: Pick<Ctx, 'db'> & Forgetful,
  email: string,
  really: boolean,
): Promise<Erased | { status: 'would_erase'; orders: number } | { status: 'person_unknown' }> {
  const outcome = await inTransaction(ctx.db, { role: 'worker', timeouts }, async (tx) => {
    const person = await lockPerson(tx, email);
    if (!person) return undefined;
    const orders = await ordersOfPerson(tx, person);
    return { orders: orders.length, tickets: really ? await erasePerson(tx, person, orders) : [] };
  });
  if (outcome === undefined) return { status: 'person_unknown' };
  const { orders, tickets } = outcome;
  if (!really) return { status: 'would_erase', orders };
  return { status: 'erased', orders, forgotten: await forgetTickets(ctx, tickets) };
}
