/**
 * The door of checkout. A checkout is some steps in Postgres and one at the provider; with hundreds of them under way at once, each
 * would wait for a connection in every step, longer than the pool allows, and with them whoever else needs one: webhooks, people
 * who look at their order. So only some are under way, the next ones wait before their first step, and who would wait too long is
 * told when to come again: their hold is kept meanwhile, and nothing was begun.
 */
import { Fault } from '../../domain/faults.ts';
import { type Database, inLine } from '../../persistence/database.ts';
import { createGate, type Gate } from '../../platform/gate.ts';
import { oneFor } from '../batched.ts';
import type { Ctx } from '../context.ts';

const doors = new WeakMap<Database, Gate>();

/** Those who are in have a part of the connections between them. */
const lineOf = oneFor(inLine);

/** `work` is given the context of those who are in. Throws `checkout_busy`. */
export function atTheDoor<Result>(ctx: Ctx, work: (ctx: Ctx) => Promise<Result>): Promise<Result> {
  const { db, limits } = ctx;
  const door = doors.get(db) ?? createGate(limits.checkout.door);
  doors.set(db, door);
  return door(
    () => work({ ...ctx, db: lineOf(db) }),
    () => new Fault('checkout_busy', 'too many checkouts are under way'),
  );
}
