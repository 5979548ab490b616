/** Which events stand still, as Postgres knows it: what a worker that has just started must tell the inventory. */
import { type Database, inTransaction } from '../../persistence/database.ts';
import { readFrozen } from '../../persistence/queries/journal-ledger.ts';
import type { Frozen } from './apply.ts';

const scope = { role: 'worker', readOnly: true } as const;

export function listFrozen(db: Database): Promise<Frozen[]> {
  return inTransaction(db, scope, readFrozen);
}

/** Whether the event stands at this very fact, and was not thawed since. */
export async function isStillFrozen(db: Database, { event, version }: Frozen): Promise<boolean> {
  const frozen = await listFrozen(db);
  return frozen.some((row) => row.event === event && row.version === version);
}
