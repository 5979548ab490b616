/**
 * What is due by the clock. Any number of workers may have it: each minute of each entry is claimed once, in Postgres. A minute
 * that nobody was there for is caught up when a worker comes back, the latest within the entry's `backfillPeriod`.
 */
import { type ParsedCronItem, parseCronItems } from 'graphile-worker';
import { isFirstOfMonth, isNightly, momentOf, type UtcMinute } from '../../domain/nightly.ts';
import type { TaskName } from '../../domain/tasks.ts';

export type Nightly = { hour: number; zone: string };

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** `now`: Unix ms; the minutes of a crontab do not know their year. */
export function cronOf({ hour, zone }: Nightly, now: () => number): ParsedCronItem[] {
  const nightly = (minute: UtcMinute) => isNightly(momentOf(minute, now()), hour, zone);
  const monthly = (minute: UtcMinute) => nightly(minute) && isFirstOfMonth(momentOf(minute, now()), zone);
  // One of a key waits at a time, so what was missed several times is caught up once.
  const entry = (
    task: TaskName,
    match: string | ((minute: UtcMinute) => boolean),
    backfillPeriod: number,
  ) => ({
    task,
    match,
    identifier: task,
    options: { backfillPeriod, maxAttempts: 10, jobKey: `cron:${task}` },
  });
  return parseCronItems([
    entry('reconcile_nightly', nightly, dayMs),
    entry('audit_monthly', monthly, 7 * dayMs),
    entry('prune', '17 * * * *', hourMs),
    entry('refresh_sales_velocity', '*/15 * * * *', 0),
  ]);
}
