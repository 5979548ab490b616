/** The events whose stock Redis has. */
import type { EventId } from '../../domain/ids.ts';
import { type Database, inTransaction } from '../../persistence/database.ts';
import { openEvents } from '../../persistence/queries/partitions.ts';

export function listOpenEvents(db: Database): Promise<{ event: EventId; partition: number }[]> {
  return inTransaction(db, { role: 'worker', readOnly: true }, openEvents);
}
