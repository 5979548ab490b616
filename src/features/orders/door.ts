/**
 * The door of checkout. A checkout is some steps in Postgres and one at the provider; with hundreds of them under way at once, each
 * would wait for a connection in every step, longer than the pool allows, and with them whoever else needs one: webhooks, people
 * who look at their order. So only some are under way, the next ones wait before their first step, and who would wait too long is
 * told when to come again: their hold is kept meanwhile, and nothing was begun.
 */
import { Fault } from '../../domain/faults.ts';
import type { Database } from '../../persistence/database.ts';
import { createGate, type Gate } from '../../platform/gate.ts';
import type { Ctx } from '../context.ts';

const doors = new WeakMap<Database, Gate>();

/** Throws `checkout_busy`. */
export function atTheDoor<Result>({ db, limits }: Ctx, work: () => Promise<Result>): Promise<Result> {
  const door = doors.get(db) ?? createGate(limits.checkout.door);
  doors.set(db, door);
  return door(work, () => new Fault('checkout_busy', 'too many checkouts are under way'));
}
