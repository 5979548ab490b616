/** How far the ledger has come, per partition, and which events stand still. */
import { type Database, inTransaction } from '../../persistence/database.ts';
import { readFrozen } from '../../persistence/queries/journal-ledger.ts';
import { readWatermarks, type Watermark } from '../../persistence/queries/journal-watermark.ts';
import type { Frozen } from './apply.ts';

export type Status = { watermarks: Watermark[]; frozen: Frozen[] };

export function journalStatus(db: Database): Promise<Status> {
  return inTransaction(db, { role: 'readonly', readOnly: true }, async (tx) => ({
    watermarks: await readWatermarks(tx),
    frozen: await readFrozen(tx),
  }));
}
