/** Erases the person with an address: once, for good, in one transaction. The ledger and the books stay. */
import { type Database, inTransaction } from '../../persistence/database.ts';
import { erasePerson, lockPerson, ordersOfPerson } from '../../persistence/queries/personal-data.ts';

export type Erased = { status: 'erased'; orders: number };

const timeouts = { statementMs: 30_000 };

/** Without `really` it only counts what it would do. */
export function erase(
  db: Database,
  email: string,
  really: boolean,
): Promise<Erased | { status: 'would_erase'; orders: number } | { status: 'person_unknown' }> {
  return inTransaction(db, { role: 'worker', timeouts }, async (tx) => {
    const person = await lockPerson(tx, email);
    if (!person) return { status: 'person_unknown' };
    const orders = await ordersOfPerson(tx, person);
    if (!really) return { status: 'would_erase', orders: orders.length };
    await erasePerson(tx, person, orders);
    return { status: 'erased', orders: orders.length };
  });
}
