/**
 * The door of checkout. A checkout is some steps in Postgres and one at the provider; with hundreds of them under way at once, each
 * would wait for a connection in every step, longer than the pool allows, and with them whoever else needs one: webhooks, people
 * who look at their order. So only some are under way, the next ones wait before their first step, and who would wait too long is
 * told when to come again: their hold is kept meanwhile, and nothing was begun.
 */
import { Fault } from '../../domain/faults.ts';
import type { Database } from '../../persistence/database.ts';
import { createGate, type Gate } from '../../platform/gate.ts';

/**
 * Under way: as many as may wait for the provider at once, some of which are in Postgres. Waiting: what is served in `waitMs` in
 * health, and no more. A browser, or a proxy in front, gives up later than that.
 */
const sizes = { runningMax: 48, waitingMax: 1_000, waitMs: 6_000 };

const doors = new WeakMap<Database, Gate>();

/** Throws `checkout_busy`. */
export function atTheDoor<Result>(db: Database, work: () => Promise<Result>): Promise<Result> {
  const door = doors.get(db) ?? createGate(sizes);
  doors.set(db, door);
  return door(work, () => new Fault('checkout_busy', 'too many checkouts are under way'));
}
