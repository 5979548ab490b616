/**
 * Hear: a runner says that it lives, and gives back what the dead have locked. graphile-worker itself waits four hours for
 * that, because it cannot tell a dead runner from a slow one; a runner that says something every two seconds can be told.
 *
 * Only who was heard without a gap for as long may judge: after Postgres was away, everybody looks silent for a moment.
 */
import { type Database, inTransaction } from '../../persistence/database.ts';
import { forgetRunner, hearOfRunner, unlockSilent } from '../../persistence/queries/task-runners.ts';

/** How often a runner says that it lives, and after how long a silence it is dead. Both in ms. */
export type Hearing = { everyMs: number; silentMs: number };
/** Five times as long, so that a pause of a process or a slow Postgres is not taken for death. */
const usual: Hearing = { everyMs: 2_000, silentMs: 10_000 };

export type Ears = {
  everyMs: number;
  /** `successes`: Unix ms by task of what was done since. Answers the runners whose work was given back. */
  hear(runner: string, successes: ReadonlyMap<string, number>): Promise<string[]>;
  /** It ends in order and leaves nothing behind. */
  forget(runner: string): Promise<void>;
};

/** `now`: ms of a clock that never jumps. */
export function createEars(db: Database, now: () => number, hearing = usual): Ears {
  const { everyMs, silentMs: silent } = hearing;
  let last = Number.NEGATIVE_INFINITY;
  let since = Number.NEGATIVE_INFINITY;
  return {
    everyMs,
    async hear(runner, successes) {
      const freed = await inTransaction(db, { role: 'worker' }, async (tx) => {
        await hearOfRunner(tx, runner, successes);
        const at = now();
        const unbroken = at - last < silent / 2 ? since : at;
        return at - unbroken >= silent ? unlockSilent(tx, silent) : [];
      });
      const at = now();
      if (at - last >= silent / 2) since = at;
      last = at;
      return freed;
    },
    forget: (runner) => inTransaction(db, { role: 'worker' }, (tx) => forgetRunner(tx, runner)),
  };
}
