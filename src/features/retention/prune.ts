/** Prune: what is kept for a time only, in batches that hold no lock for long. What is left over waits for the next time. */
import { inTransaction } from '../../persistence/database.ts';
import { pruneSupersededJobs } from '../../persistence/queries/job-list.ts';
import { keptTables, pruneTable } from '../../persistence/queries/retention.ts';
import type { Deps } from '../context.ts';

const batchMax = 1_000;
/** A run ends: 200,000 rows of each table are more than a busy day leaves behind. */
const batchesMax = 200;

/** How many rows were removed, by table. */
export async function prune({ db }: Pick<Deps, 'db'>): Promise<Record<string, number>> {
  const removed: Record<string, number> = {};
  const all = async (name: string, batch: Parameters<typeof inTransaction<number>>[2]): Promise<void> => {
    removed[name] = 0;
    for (let count = 0; count < batchesMax; count++) {
      const rows = await inTransaction(db, { role: 'worker' }, batch);
      removed[name] += rows;
      if (rows < batchMax) return;
    }
  };
  for (const table of keptTables) await all(table, (tx) => pruneTable(tx, table, batchMax));
  await all('jobs', (tx) => pruneSupersededJobs(tx, batchMax));
  return removed;
}
