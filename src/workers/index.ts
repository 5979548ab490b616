/**
 * The duty roster: what a worker process does. Any number of processes run it at once; what must not be done twice is
 * claimed by a row lock or has no second effect.
 */
import { type ExpireHoldsCtx, expireHolds } from './expire-holds.ts';
import { runCommands } from './run-commands.ts';
import { type Duty, type Hooks, type Running, runWorker } from './run-worker.ts';
import { trimJournal } from './trim-journal.ts';
import { type WriteJournalCtx, writeJournal } from './write-journal.ts';

export type { Duty, Hooks } from './run-worker.ts';

/** `observe` is told what happened in the duties' own terms; hooks, how the loops fare. */
export type WorkersCtx = Omit<WriteJournalCtx, 'observe'> &
  Omit<ExpireHoldsCtx, 'observe'> & {
    hooks?: Hooks;
    observe?: { journal?: WriteJournalCtx['observe']; expiry?: ExpireHoldsCtx['observe'] };
    /** Duties of the caller's, such as the watch over the fence. */
    more?: Duty[];
  };

export type Workers = {
  /** Stops what makes facts first, then drains the journal; resolves when nothing runs any more. */
  stop(): Promise<void>;
};

export function startWorkers(ctx: WorkersCtx): Workers {
  const { db, redis, inventory, epochs, partitions, sweepIntervalMs, hooks, observe, more = [] } = ctx;
  const journal: WriteJournalCtx = { db, redis, inventory, partitions };
  if (observe?.journal !== undefined) journal.observe = observe.journal;
  const expiry: ExpireHoldsCtx = { db, redis, inventory, epochs, sweepIntervalMs };
  if (observe?.expiry !== undefined) expiry.observe = observe.expiry;

  const start = (duty: Duty): Running => runWorker(duty, hooks);
  const makers = [expireHolds(expiry), runCommands({ db, inventory }), ...more].map(start);
  const keepers = [trimJournal({ db, redis })].map(start);
  const writer = start(writeJournal(journal));
  return {
    async stop() {
      await Promise.all([...makers, ...keepers].map((running) => running.stop()));
      await writer.stop();
    },
  };
}
