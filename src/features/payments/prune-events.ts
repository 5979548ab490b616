/** Ends the keeping of what the provider told: it sends an event again for three days, and a dispute may take two months. */
import { type Database, inTransaction } from '../../persistence/database.ts';
import { pruneEvents } from '../../persistence/queries/provider-events.ts';

export const eventsKeptDays = 90;
const batch = 1_000;

/** Answers how many went; as many as a batch means that there may be more. */
export async function pruneProviderEvents(db: Database): Promise<{ done: number; more: boolean }> {
  const done = await inTransaction(db, { role: 'worker' }, (tx) => pruneEvents(tx, eventsKeptDays, batch));
  return { done, more: done === batch };
}
