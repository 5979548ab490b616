/** Keeps the streams short: what is in Postgres and older than a minute goes. */
import type { JournalCtx } from '../features/journal/apply.ts';
import { trimApplied } from '../features/journal/trim.ts';
import type { Duty } from './run-worker.ts';

export function trimJournal(ctx: JournalCtx): Duty {
  return {
    name: 'trim-journal',
    idleMs: 5_000,
    async tick() {
      return { done: await trimApplied(ctx), more: false };
    },
  };
}
