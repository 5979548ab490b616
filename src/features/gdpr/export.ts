/** What is kept about the person with an address, as one JSON value they can be given. */
import { type Database, inTransaction } from '../../persistence/database.ts';
import {
  exportedMails,
  exportedOrders,
  lockPerson,
  ordersOfPerson,
} from '../../persistence/queries/personal-data.ts';

export type Exported = {
  status: 'exported';
  email: string;
  name: string | null;
  language: string;
  since: string;
  orders: Record<string, unknown>[];
  mails: Record<string, unknown>[];
};

/** A person has hundreds of orders at most; the rows of all of them are of one moment. */
const timeouts = { statementMs: 30_000 };

export function exportPerson(db: Database, email: string): Promise<Exported | { status: 'person_unknown' }> {
  return inTransaction(db, { role: 'worker', isolation: 'repeatable read', timeouts }, async (tx) => {
    const person = await lockPerson(tx, email);
    if (!person) return { status: 'person_unknown' };
    const orders = await ordersOfPerson(tx, person);
    return {
      status: 'exported',
      email: email.trim().toLowerCase(),
      name: person.name,
      language: person.locale,
      since: person.createdAt.toISOString(),
      orders: await exportedOrders(tx, orders),
      mails: await exportedMails(tx, person.contact),
    };
  });
}
