/**
 * One checkout of a hold at a time on a server: a second click waits for the first one and then finds everything done, in place
 * of taking the same steps beside it. What holds them together on several servers is in the steps themselves.
 */
import { Fault } from '../../domain/faults.ts';
import type { HoldId } from '../../domain/ids.ts';
import type { Database } from '../../persistence/database.ts';
import { createGate, type Gate } from '../../platform/gate.ts';

const waitingMax = 100;

type Turn = { gate: Gate; users: number };
const turnsOf = new WeakMap<Database, Map<HoldId, Turn>>();

export async function inTurn<Result>(
  db: Database,
  hold: HoldId,
  work: () => Promise<Result>,
): Promise<Result> {
  const turns = turnsOf.get(db) ?? new Map<HoldId, Turn>();
  turnsOf.set(db, turns);
  const turn = turns.get(hold) ?? { gate: createGate({ runningMax: 1, waitingMax }), users: 0 };
  turns.set(hold, turn);
  turn.users += 1;
  try {
    return await turn.gate(work, () => new Fault('records_unavailable', `too many wait for hold ${hold}`));
  } finally {
    turn.users -= 1;
    if (turn.users === 0) turns.delete(hold);
  }
}
