/**
 * Which life of a hold this is, once Postgres has it: what is written from then on can stand on its row, and a rebuild of Redis can
 * never give its seats to two people.
 */
import { Fault } from '../../domain/faults.ts';
import type { HoldId } from '../../domain/ids.ts';
import { type Database, inTransaction } from '../../persistence/database.ts';
import { type HoldBegun, holdLives } from '../../persistence/queries/holds.ts';
import { oneFor } from '../batched.ts';
import type { Ctx } from '../context.ts';
import { sharedLook } from '../shared-look.ts';

/** A crowd that has just reserved waits for the same thing, the journal. Whose hold it is was asked of Redis before. */
const scope = { role: 'worker', readOnly: true, prepared: true } as const;
const looking = oneFor((db: Database) => sharedLook((keys) => livesOf(db, keys)));

/** From 1. Throws `records_behind` after `limits.recordsWaitMs`. */
export async function recordedLife({ db, limits }: Ctx, { hold, heldAt }: HoldBegun): Promise<number> {
  const life = await looking(db)(`${hold}/${heldAt}`, limits.recordsWaitMs);
  if (life === undefined) throw new Fault('records_behind', `hold ${hold} is not in Postgres yet`);
  return life;
}

async function livesOf(db: Database, keys: string[]): Promise<Map<string, number>> {
  const holds = keys.map((key) => {
    const [hold, heldAt] = key.split('/');
    return { hold: hold as HoldId, heldAt: Number(heldAt) };
  });
  const rows = await inTransaction(db, scope, (tx) => holdLives(tx, holds));
  return new Map(rows.map(({ hold, heldAt, life }) => [`${hold}/${heldAt}`, life]));
}
