/**
 * Find a key by the digest of its text. A server keeps what it was told for a moment, so a key that is revoked works on for
 * that long at most, and a flood of wrong keys costs Postgres a bounded number of reads at a time.
 */
import { Fault } from '../../domain/faults.ts';
import type { EventId } from '../../domain/ids.ts';
import type { Database } from '../../persistence/database.ts';
import { keyBySha256 } from '../../persistence/queries/api-keys.ts';
import { sharedRead } from '../../platform/shared-read.ts';
import { isScope, type Scope } from './scopes.ts';

export type FoundKey = { name: string; scopes: Scope[]; events: EventId[] | 'all' };

/** How long a revoked key may go on, ms. */
export const keyFreshMs = 5_000;
const entriesMax = 10_000;
const readsMax = 16;

export function createKeyFinder(
  db: Database,
  now: () => number,
): (sha256: string) => Promise<FoundKey | undefined> {
  const keys = sharedRead<FoundKey | undefined>({ freshMs: keyFreshMs, entriesMax, now });
  let reads = 0;
  return (sha256) =>
    keys(sha256, async () => {
      if (reads >= readsMax)
        throw new Fault('records_unavailable', 'too many keys are being looked up at once');
      reads += 1;
      try {
        const row = await keyBySha256(db, sha256);
        return (
          row && {
            name: row.name,
            scopes: row.scopes.filter(isScope),
            events: (row.events as EventId[] | null) ?? 'all',
          }
        );
      } finally {
        reads -= 1;
      }
    });
}
